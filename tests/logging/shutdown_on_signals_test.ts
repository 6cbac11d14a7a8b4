import { assertEquals, assertThrows } from "@std/assert";
import { shutdownOnSignals } from "@paralog/paralog/logging";
import { linesOf, ROOT, runDeno } from "../support/run_deno.ts";

const PROGRAM = "tests/programs/signals.ts";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `shutdownOnSignals() writes what handlers hold when ${signal} ends the program`,
    ignore: Deno.build.os === "windows", // It has no signals to send.
    async fn() {
      const filename = await Deno.makeTempFile();
      const program = new Deno.Command(Deno.execPath(), {
        args: ["run", "--allow-all", PROGRAM, filename],
        cwd: ROOT,
        stdin: "null",
        stdout: "piped",
      }).spawn();
      const reader = program.stdout.getReader();
      await reader.read(); // It is ready.
      assertEquals(await Deno.readTextFile(filename), "");
      program.kill(signal);
      assertEquals((await program.status).code, code);
      await reader.cancel();
      assertEquals(linesOf(await Deno.readTextFile(filename)), ["kept"]);
      await Deno.remove(filename);
    },
  });
}

Deno.test("what is logged while a program ends is written, by whatever listener", async () => {
  const filename = await Deno.makeTempFile();
  const { code } = await runDeno(["run", "--allow-all", PROGRAM, filename, "unload"]);
  assertEquals([code, linesOf(await Deno.readTextFile(filename))], [0, ["kept", "bye"]]);
  await Deno.remove(filename);
});

Deno.test("shutdownOnSignals() refuses bad options, and leaves nothing behind", () => {
  assertThrows(() => shutdownOnSignals({ timeout: NaN }), RangeError, "timeout is NaN");
  assertThrows(() => shutdownOnSignals({ signals: ["SIGINT", "SIGKILL"] })); // A leak fails the test.
});

Deno.test("shutdownOnSignals() can be taken back", () => {
  const ending = shutdownOnSignals();
  ending[Symbol.dispose]();
  ending[Symbol.dispose]();
});
