import { assertEquals, assertThrows } from "@std/assert";
import { writeWhole } from "../../src/logging/write_whole.ts";
import { askPython } from "../support/ask_python.ts";
import { ROOT } from "../support/run_deno.ts";

/** Runs a program whose stdout is a pipe that does not wait, and reads only when it is full and waited for. */
const PYTHON = `
import array, fcntl, os, subprocess, termios, time
given = json.load(sys.stdin)
r, w = os.pipe()
os.set_blocking(w, False)
child = subprocess.Popen(given["command"], cwd=given["cwd"], stdout=w, stderr=subprocess.PIPE)
os.close(w)
waiting = array.array("i", [0])
def is_asleep():
    with open(f"/proc/{child.pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "S"
still = 0 # For how many looks nothing was written: then the pipe was full, and is waited for.
while child.poll() is None and (still < 100 or not is_asleep()):
    before = waiting[0]
    fcntl.ioctl(r, termios.FIONREAD, waiting)
    still = still + 1 if before == waiting[0] >= 60000 else 0
    time.sleep(0.001)
chunks = []
while chunk := os.read(r, 1000):
    chunks.append(chunk)
errors = child.stderr.read().decode()
print(json.dumps({"text": b"".join(chunks).decode(), "errors": errors, "code": child.wait()}))`;

Deno.test("writeWhole() waits for a full pipe that does not wait itself, and loses nothing", async () => {
  const command = [Deno.execPath(), "run", "tests/programs/much_output.ts"];
  const ran = await askPython<{ text: string; errors: string; code: number }>(
    PYTHON,
    { command, cwd: decodeURIComponent(ROOT.pathname) },
  );
  assertEquals([ran.code, ran.errors], [0, ""]);
  const expected = Array.from(
    { length: 5000 },
    (_, n) => `line ${n} ${"x".repeat(n % 1000 === 999 ? 100_000 : 60)}\n`,
  );
  assertEquals(ran.text.split("\n").length, 5001);
  assertEquals(ran.text === expected.join(""), true);
});

Deno.test("writeWhole() gives up when a stream takes nothing for a second", () => {
  let attempts = 0;
  const writer = {
    writeSync(bytes: Uint8Array): number {
      attempts++;
      if (attempts === 1) return bytes.length - 1;
      throw new Deno.errors.WouldBlock("full");
    },
  };
  const begin = performance.now();
  assertThrows(() => writeWhole(writer, "line\n"), Deno.errors.WouldBlock, "full");
  const taken = performance.now() - begin;
  assertEquals(attempts > 10 && taken >= 1000, true, `${attempts} attempts in ${taken} ms`);
});

Deno.test("writeWhole() throws at once what is no full stream", () => {
  let attempts = 0;
  const writer = {
    writeSync(): number {
      attempts++;
      throw new Error("printer on fire");
    },
  };
  assertThrows(() => writeWhole(writer, "line\n"), Error, "printer on fire");
  assertEquals(attempts, 1);
});
