/** The figure of latency: its own rows, and the eye that it keeps on the results. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { measureLatency } from "../../bench/latency/measure_latency.mjs";
import { withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";

Deno.test("measureLatency() makes one call after the other, and leaves out the first ones", async () => {
  const seen: number[] = [];
  const spy = (x: number) => {
    seen.push(x);
    return Promise.resolve(x + 1);
  };
  const times = await measureLatency(spy, { warmUps: 1, calls: 2 });
  assertEquals([seen, times.length], [[0, 1, 2], 2]);
});

Deno.test("measureLatency() finds a wrong result", async () => {
  const fixed = () => Promise.resolve(1);
  const measure = () => measureLatency(fixed, { warmUps: 0, calls: 2 });
  await assertRejects(measure, Error, "result 1 is 1, expected 2");
});

Deno.test("deno task bench latency measures our own rows and the limits", async () => {
  await withFolder(async (folder) => {
    for (const only of ["paralog", "there and back"]) {
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--allow-all", "bench/harness/main.ts"],
        ...["latency", "--quick", "--rounds=1", `--only=${only}`, `--json=${folder}/results.json`],
      ]);
      assertEquals(code, 0, stdout + stderr);
      assertMatch(stdout, new RegExp(`^.*${only}.* +\\d`, "m"));
    }
  });
});
