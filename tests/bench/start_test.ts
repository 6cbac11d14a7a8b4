/** The figure of starting: its own rows, and the eye that it keeps on the results. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { measureStarts } from "../../bench/start/measure_starts.mjs";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("measureStarts() ends each before it starts the next", async () => {
  const events: string[] = [];
  const times = await measureStarts(() => {
    events.push("start");
    return Promise.resolve({ result: 2, end: () => events.push("end") });
  }, { starts: 2 });
  assertEquals([events.join(" "), times.length], ["start end start end", 2]);
});

Deno.test("measureStarts() finds a wrong result", async () => {
  const start = () => Promise.resolve({ result: 3, end: () => {} });
  const measure = () => measureStarts(start, { starts: 1 });
  await assertRejects(measure, Error, "the result is 3, expected 2");
});

Deno.test("deno task bench start measures our own rows, bare workers and a bare process", async () => {
  await withFolder(async (folder) => {
    for (const only of ["paralog", "new Worker", "spawn"]) {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["start", "--quick", "--rounds=1", `--only=${only}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      assertMatch(stdout, new RegExp(`^${only}.* +\\d`, "m"));
    }
  });
});
