/** The figure of batches shows that it works. */

import { assertEquals, assertMatch } from "@std/assert";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("deno task bench batching measures sizes, with one worker and more", async () => {
  await withFolder(async (folder) => {
    const json = `${folder}/results.json`;
    const { code, stdout, stderr } = await runDeno([
      ...["run", "--allow-all", "bench/harness/main.ts"],
      ...["batching", "--quick", "--rounds=1", "--only=1", `--json=${json}`],
    ]);
    assertEquals(code, 0, stdout + stderr);
    for (
      const name of ["batchSize 1", "batchSize 10000", "auto, 1 worker", "batchSize 100, 4 workers"]
    ) {
      assertMatch(stdout, new RegExp(`^${name} +\\d`, "m"));
    }
  });
});
