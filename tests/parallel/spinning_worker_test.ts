/** A Web Worker whose task never yields: Deno can't stop it. It is not waited for, and is reported. */

import { assertEquals, assertRejects } from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { SharedCount } from "../support/shared_count.ts";
import { spinUntil } from "../support/stop_tasks.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

testWithHandler("a Web Worker that can't be stopped is named in one WARN", async (handler) => {
  using begun = new SharedCount();
  using released = new SharedCount();
  const controller = new AbortController();
  const parallel = new Parallel(1, { backend: "workers" });
  const running = inBackground(parallel.run(
    [delayed(spinUntil)(begun.memory, released.memory)],
    { signal: controller.signal },
  ));
  await begun.until(1);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => withPatience(running, "the end of the run"), RangeError, "enough");
  await handler.until(1);
  released.add();
  await begun.until(2);
  assertEquals(handler.records.map(({ levelName, name, msg }) => [levelName, name, msg]), [[
    "WARN",
    "paralog",
    "Worker-1 could not be stopped: spinUntil goes on until it yields, and keeps the program alive. " +
    'Use backend: "processes" for tasks that may not end: a process can be killed',
  ]]);
});
