/** The figure of memory: its own rows, and the eye that it keeps on results. */

import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { liveHeap } from "../../bench/memory/heap.ts";
import { checkResults } from "../../bench/memory/queued_calls.ts";
import { growthEach, meanOf, processMemory } from "../../bench/memory/worker_memory.ts";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("checkResults() of memory finds results that are missing or wrong", () => {
  checkResults([-1, -1, 1, 2], 2);
  assertThrows(() => checkResults([-1, -1, 1], 2), Error, "3 results, not 4");
  assertThrows(() => checkResults([-1, 1, -1, 2], 2), Error, "call 1 resulted in 1");
});

Deno.test("liveHeap() says which flag is missing where garbage can't be collected", async () => {
  await assertRejects(() => liveHeap(), Error, "--expose-gc");
});

Deno.test("meanOf() and growthEach() share what is in memory among workers", () => {
  assertEquals(meanOf([{ rss: 1, own: 3 }, { rss: 3, own: 5 }]), { rss: 2, own: 4 });
  assertEquals(meanOf([{ rss: 1 }, { rss: 3 }]), { rss: 2 });
  const { rss } = processMemory();
  assertEquals(growthEach({ rss: 0 }, 1).rss > rss / 2, true);
});

const ROWS: Readonly<Record<string, readonly RegExp[]>> = {
  paralog: [
    /^paralog, preDispatch "all" +\d/m,
    /^paralog, default +\d/m,
    /^paralog, a Web Worker +- +\d/m,
    /^paralog, a process +- +\d/m,
    /^paralog stream, 200,000 calls +- +- +- +\d/m,
    /^paralog stream, 1,000,000 calls +- +- +- +\d/m,
  ],
  bare: [/^a bare Web Worker +- +\d/m, /^a bare process +- +\d/m],
};

for (const [name, rows] of Object.entries(ROWS)) {
  Deno.test(`deno task bench memory measures the rows of ${name}`, async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["memory", "--quick", `--only=${name}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      for (const row of rows) assertMatch(stdout, row);
    });
  });
}
