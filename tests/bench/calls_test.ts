/** The figure of calls: its own rows, and the eye that it keeps on the results. */

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { childCpu } from "../../bench/calls/child_cpu.ts";
import { measureCalls } from "../../bench/calls/measure_calls.mjs";
import { withFolder } from "../support/log_folder.ts";
import { ROOT, runDeno } from "../support/run_deno.ts";

const good = (numbers: readonly number[]) => Promise.resolve(numbers.map((x) => x + 1));

Deno.test("measureCalls() makes one run, or warms up and measures at least two", async () => {
  const sizes: number[] = [];
  const spy = (numbers: readonly number[]) => {
    sizes.push(numbers.length);
    return good(numbers);
  };
  assertEquals((await measureCalls(spy, { calls: 3 })).runs.length, 1);
  assertEquals((await measureCalls(spy, { calls: 5, atLeast: 0 })).runs.length, 2);
  assertEquals(sizes, [3, 5, 5, 5, 5]);
});

Deno.test("measureCalls() finds results that are missing, wrong, or in another's place", async () => {
  const bad: [change: (results: number[]) => unknown, message: string][] = [
    [(results) => results.pop(), "2 results, expected 3"],
    [(results) => results[1] = 7, "result 1 is 7, expected 2"],
    [(results) => results.reverse(), "result 0 is 3, expected 1"],
    [(results) => delete results[2], "result 2 is undefined, expected 3"],
  ];
  for (const [change, message] of bad) {
    const run = async (numbers: readonly number[]) => {
      const results = await good(numbers);
      change(results);
      return results;
    };
    await assertRejects(() => measureCalls(run, { calls: 3 }), Error, message);
  }
});

Deno.test("measureCalls() tells no CPU where that of child processes can't be found out", async () => {
  const { cpu } = await measureCalls(good, { calls: 3, atLeast: 0 }, () => undefined);
  assertEquals(cpu, undefined);
});

Deno.test({
  name: "childCpu() adds up what child processes have computed",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const script = "import process from 'node:process';" +
      "const wait = () => Deno.stdin.readSync(new Uint8Array(1)); wait();" +
      "const before = process.cpuUsage(); while (process.cpuUsage(before).user < 100_000);" +
      "console.log(); wait();";
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const [reader, writer] = [child.stdout.getReader(), child.stdin.getWriter()];
    const before = childCpu() ?? NaN;
    await writer.write(new Uint8Array(1));
    await reader.read();
    const after = childCpu() ?? NaN;
    await writer.close();
    while (!(await reader.read()).done);
    await child.status;
    assertEquals(after - before >= 90, true, `${before} ms, then ${after} ms`); // In steps of 10 ms.
  },
});

Deno.test("calls_python.py finds a wrong result", async () => {
  const script = "import calls_python; calls_python.repeat(Pool(), [1, 2], 0, 1)";
  const pool = "class Pool:\n  add_one_to_each = lambda self, numbers: [2, 2]\n";
  const { success, stderr } = await new Deno.Command("python3", {
    args: ["-B", "-c", pool + script],
    cwd: new URL("bench/peers/", ROOT),
  }).output();
  assertEquals(success, false);
  assertStringIncludes(new TextDecoder().decode(stderr), "2 results, at least one of them missing");
});

Deno.test("deno task bench calls measures our own rows and the limit", async () => {
  await withFolder(async (folder) => {
    for (const only of ["paralog", "by hand"]) {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["calls", "--quick", "--rounds=1", `--only=${only}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      assertMatch(stdout, new RegExp(`^.*${only}.* +\\d`, "m"));
    }
  });
});
