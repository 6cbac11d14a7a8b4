/**
 * What can be seen of a run: its progress and its statistics.
 *
 * @module
 */

import { delayed, type RunProgress } from "../../parallel/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { inBackground, withPatience } from "../patience.ts";
import { waitForAbort } from "../tasks/ends.ts";
import { throwCustom } from "../tasks/failures.ts";
import { logLine } from "../tasks/logs.ts";
import { square } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testWatching({ create, test }: Contract): void {
  test("the progress of a task and of its run reaches the listener", async () => {
    const told: RunProgress[] = [];
    const seen = Promise.withResolvers<void>();
    const progress = (now: RunProgress) => {
      told.push(now);
      if (now.tasks.length > 0) seen.resolve();
    };
    await using parallel = create({ progress, name: "contract", batchSize: 1 }, 1);
    const controller = new AbortController();
    const calls = [delayed(square)(1), delayed(waitForAbort)("second"), delayed(square)(2)];
    const running = inBackground(parallel.run(calls, { signal: controller.signal }));
    await withPatience(seen.promise, "the progress of the task");
    controller.abort();
    await assertRejects(() => running, DOMException, "abort");
    const { tasks: [task] = [] } = told.find(({ tasks }) => tasks.length > 0) ?? {};
    assertEquals([task?.index, task?.done, task?.total], [1, 1, 3]);
    assertEquals(Object.keys(parallel.stats.workers), [task?.worker]);
    const end = told.at(-1);
    assertEquals([end?.name, end?.state, end?.done, end?.total], ["contract", "stopped", 1, 3]);
  });

  test("statistics count what became of each call", async () => {
    watchRoot();
    await using parallel = create({ batchSize: 2 });
    await parallel.runSettled([
      delayed(square)(1),
      delayed(throwCustom)(1),
      delayed(logLine)("a"),
      delayed(square)(2),
    ]);
    await parallel.map(square, [1, 2]);
    await assertRejects(() => parallel.run([delayed(throwCustom)(2)]));
    const { runs, calls, records, runTime, allWorkers, duration } = parallel.stats;
    assertEquals(runs, { started: 3, running: 0, done: 2, stopped: 0, failed: 1 });
    assertEquals(calls, {
      ...{ taken: 7, waiting: 0, running: 0, done: 5, failed: 2, cancelled: 0 },
      ...{ retried: 0, timedOut: 0, crashed: 0 },
    });
    assertEquals([records.emitted, records.written], [1, 1]);
    assertEquals([runTime.count, allWorkers.calls], [7, 7]);
    assert(duration > 0 && allWorkers.utilization <= 1);
  });
}
