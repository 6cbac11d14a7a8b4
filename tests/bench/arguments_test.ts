/** The figure of arguments: its own rows, and the eye that it keeps on results. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { checkResults, type Value } from "../../bench/arguments/work.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

const LOAD = { bytes: 3, calls: 2, warmUps: 0, runs: 1 };

function checkBytes(...results: Value[]): void {
  checkResults(results, "bytes", LOAD);
}

Deno.test("checkResults() of arguments finds results that are missing, cut or another's", () => {
  const [first, second] = [new TextEncoder().encode("aaa"), new TextEncoder().encode("bbb")];
  checkBytes(first, second);
  checkResults(["aaa", "bbb"], "text", LOAD);
  assertThrows(() => checkBytes(first), Error, "1 results of 2 calls");
  assertThrows(() => checkBytes(second, first), Error, "call 0 of 3 bytes");
  assertThrows(() => checkBytes(first, second.slice(1)), Error, "call 1 of 3 bytes");
  assertThrows(() => checkBytes(first, "bbb"), Error, "call 1 of 3 bytes");
});

const ROWS = {
  paralog: ["paralog", "paralog, transfer", "paralog, processes", "paralog, processes, text"],
  bare: ["bare workers", "bare workers, transfer", "bare processes", "bare processes, text"],
} as const;

for (const [name, rows] of Object.entries(ROWS)) {
  Deno.test(`deno task bench arguments measures the rows of ${name}`, async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["arguments", "--quick", `--only=${name}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      for (const row of rows) assertMatch(stdout, new RegExp(`^${row} +\\d`, "m"));
    });
  });
}
