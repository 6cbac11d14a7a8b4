/** The figure of the relay: its own rows, and the eye that it keeps on the lines. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findWrongLine, readJson, readText } from "../../bench/relay/lines.ts";
import { withFolder } from "../support/log_folder.ts";
import { linesOf, ROOT, runDeno } from "../support/run_deno.ts";

const COMMAND = ["run", "--allow-all", "bench/harness/main.ts"];

/** The time and worker, then the record and the task. */
function lineOf(number: number, task: number): string {
  return `2026-01-02 03:04:05,678 Worker-${task + 1} INFO bench.relay ` +
    `record ${number} of task ${task}: fetched, checked and stored\n`;
}

function check(text: string): string | undefined {
  const input = { file: "", tasks: 2, records: 2, runs: 1 };
  return findWrongLine(text, input, { readLine: readText, workers: 2 });
}

const GOOD = [lineOf(0, 0), lineOf(0, 1), lineOf(1, 1), lineOf(1, 0)] as const;

Deno.test("findWrongLine() finds nothing when each task's lines are in order", () => {
  assertEquals(check(GOOD.join("")), undefined);
});

Deno.test("findWrongLine() finds lines that are missing, twice, torn, out of order", () => {
  const [first, second, third, last] = GOOD;
  assertEquals(check(first + second + third), "3 lines, expected 4");
  assertMatch(check(first + first + second + third + last) ?? "", /^line 2 is out of order/);
  assertMatch(check(first + third + second + last) ?? "", /^line 2 is out of order/);
  assertMatch(check(first + second.slice(9) + third + last) ?? "", /^line 2 is torn/);
  assertMatch(check(first.trim() + second + third + last) ?? "", /^line 1 is torn/);
  assertEquals(check(GOOD.join("").trim()), "the last line of the file has no end");
  assertEquals(
    check(GOOD.join("").replaceAll("Worker-2", "Worker-1")),
    "lines of 1 workers, expected 2",
  );
});

Deno.test("readJson() takes whole lines only", () => {
  const line = '{"level":30,"time":1,"worker":"Worker-1","name":"bench.relay","msg":"m"}';
  assertEquals(readJson(line), { worker: "Worker-1", message: "m" });
  assertEquals(readJson(line.slice(0, -2)), undefined);
});

Deno.test("deno task bench relay measures our own rows, with every line there", async () => {
  await withFolder(async (folder) => {
    const json = `${folder}/results.json`;
    const { code, stdout, stderr } = await runDeno(
      [...COMMAND, "relay", "--quick", "--only=paralog", `--json=${json}`],
    );
    assertEquals(code, 0, stdout + stderr);
    const workers = ["1 worker", "4 workers", "8 workers"].map((count) => `paralog, ${count}`);
    for (const name of ["paralog", "paralog, bufferSize", ...workers, "paralog inline"]) {
      assertMatch(stdout, new RegExp(`^${name} +\\d`, "m"));
    }
    const { figures } = JSON.parse(await Deno.readTextFile(json));
    assertEquals(Object.keys(figures), ["relay"]);
    for (const { name, samples } of figures.relay.rows) {
      const [sample] = samples;
      assertEquals(Object.keys(sample.values), ["warm", "cpu", "call", "cold"], name);
    }
  });
});

Deno.test("deno task bench refuses bad arguments with one line, and shows help", async () => {
  const bad = [
    ["--rounds=0", '--rounds is "0"'],
    ["--foo", "--foo"],
    ["nothing", "nothing"],
    ["--only", "--only needs a value, such as --only=pino"],
    ["--json=", "--json needs a value, such as --json=numbers.json"],
    ["--only=zzz", '--only is "zzz": rows are "'],
    ["--json=/nonexistent/x.json", '--json is "/nonexistent/x.json": No such file or directory'],
  ];
  for (const [argument = "", text = ""] of bad) {
    const { code, stdout, stderr } = await runDeno([...COMMAND, argument]);
    assertEquals([code, stdout, linesOf(stderr).length], [2, "", 1], argument);
    assertStringIncludes(stderr, text);
  }
  assertStringIncludes((await runDeno([...COMMAND, "--help"])).stdout, "--quick");
});

Deno.test({
  name: "deno task bench leaves no folder and no file behind when it is interrupted",
  ignore: Deno.build.os === "windows", // It knows no SIGTERM, and kill("SIGINT") ends at once.
  fn: () =>
    withFolder(async (folder) => {
      for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
        using watcher = Deno.watchFs(folder);
        const child = new Deno.Command(Deno.execPath(), {
          args: [...COMMAND, "--only=paralog, 1 worker", `--json=${folder}/results.json`],
          cwd: ROOT,
          env: { NO_COLOR: "1", TMPDIR: folder },
          stdin: "null",
          stdout: "null",
          stderr: "piped",
        }).spawn();
        const isOfRow = (path: string) => path.includes("paralog_bench_");
        for await (const { paths } of watcher) if (paths.some(isOfRow)) break;
        child.kill(signal);
        const { code, stderr } = await child.output();
        const lines = linesOf(new TextDecoder().decode(stderr));
        assertEquals(code, expected, lines.join("\n"));
        assertEquals(lines.at(-1), `bench: ended by ${signal}`);
        assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), []);
      }
    }),
});
