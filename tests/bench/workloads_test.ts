/** The figures of the workloads: our own rows, and the eye that is kept on the results. */

import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { measure } from "../../bench/workloads/measuring.mjs";
import { callInLoops, checkResults, factorial } from "../../bench/workloads/work.mjs";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

const FIGURES = {
  workloads_addition: ["paralog", "paralog stream"],
  workloads_cpu: ["paralog", "paralog, 1 worker", "paralog, 4 workers", "paralog processes"],
  workloads_factorial: ["paralog", "paralog inline"],
};

Deno.test("checkResults() finds results that are wrong, missing, in another order", () => {
  checkResults([1, 2], [1, 2]);
  assertThrows(() => checkResults([1], [1, 2]), Error, "1 results, expected 2");
  assertThrows(() => checkResults([2, 1], [1, 2]), Error, "result 0 is 2, expected 1");
  assertThrows(() => checkResults([1, undefined], [1, 2]), Error, "result 1 is undefined");
});

Deno.test("checkResults() compares factorials by their value", () => {
  const expected = [factorial({ taskSize: 20 })];
  checkResults([{ ok: 1, factorial: 2432902008176640000n }], expected);
  const wrong = [{ ok: 1, factorial: 2432902008176640001n }];
  assertThrows(() => checkResults(wrong, expected), Error, "result 0 is 2432902008176640001");
});

Deno.test("measure() rejects when a later run has a wrong result", async () => {
  const input = { kind: "add", calls: 2, size: 0, workers: 1, runs: 2 } as const;
  const { ms } = await measure(input, () => Promise.resolve([10, 10]));
  assertEquals(ms >= 0, true);
  const runs = [[10, 10], [10, 11]];
  await assertRejects(
    () => measure(input, () => Promise.resolve(runs.shift() ?? [])),
    Error,
    "result 1 is 11, expected 10",
  );
});

Deno.test("callInLoops() keeps as many calls under way as it may, and their order", async () => {
  let [now, most] = [0, 0];
  const call = async (number: number) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return 2 * number;
  };
  assertEquals(await callInLoops([1, 2, 3, 4, 5, 6], 3, { call }), [2, 4, 6, 8, 10, 12]);
  assertEquals([now, most], [0, 3]);
});

for (const only of ["paralog", "by hand"]) {
  Deno.test(`deno task bench measures the workloads' rows of "${only}"`, async () => {
    await withFolder(async (folder) => {
      const json = `${folder}/results.json`;
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts", ...Object.keys(FIGURES)],
        ...["--quick", "--rounds=1", `--only=${only}`, `--json=${json}`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      const { figures } = JSON.parse(await Deno.readTextFile(json));
      for (const [figure, names] of Object.entries(FIGURES)) {
        const found: string[] = figures[figure].rows.map(({ name }: { name: string }) => name);
        const wanted = only === "paralog" ? names : found.slice(0, 1);
        assertEquals(wanted.filter((name) => !found.includes(name)), []);
        for (const name of wanted) assertMatch(stdout, new RegExp(`^${name} +\\d`, "m"));
      }
    });
  });
}
