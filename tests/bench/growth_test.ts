/** The figure of growth: its own rows, and the eye that it keeps on results. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { checkResults } from "../../bench/growth/work.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("checkResults() of growth finds results that are missing, wrong or out of order", () => {
  checkResults([1, 2, 3], 3);
  assertThrows(() => checkResults([1, 2], 3), Error, "2 results of 3 calls");
  assertThrows(() => checkResults([1, 3, 2], 3), Error, "call 1 resulted in 3");
  assertThrows(() => checkResults(new Array(3), 3), Error, "call 0 resulted in undefined");
});

for (const name of ["paralog", "bare"]) {
  Deno.test(`deno task bench growth measures the rows of ${name}, one for each size`, async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["growth", "--quick", `--only=${name}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      for (const size of ["1,000", "10,000", "100,000", "1,000,000"]) {
        assertMatch(stdout, new RegExp(`^${name}, ${size} calls +\\d`, "m"));
      }
    });
  });
}
