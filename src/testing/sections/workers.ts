/**
 * Workers: what they are called, how they begin, how long they live.
 *
 * @module
 */

import { type Call, delayed, WorkerCrashError } from "../../parallel/mod.ts";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { untilTrue } from "../patience.ts";
import * as ends from "../tasks/ends.ts";
import { throwCustom } from "../tasks/failures.ts";
import { square, squareLater } from "../tasks/values.ts";
import { whoAmI } from "../tasks/workers.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testWorkers({ create, subject, test }: Contract): void {
  test("a worker has one name: to its tasks, in its records and in statistics", async () => {
    const handler = watchRoot();
    const parallel = create();
    const who = await parallel.run([1, 2, 3, 4].map(() => delayed(whoAmI)()));
    for (const { index, attempt, worker } of who) {
      const record = handler.records.find(({ taskIndex }) => taskIndex === index);
      assertEquals([record?.processName, attempt], [worker, 1]);
    }
    const names = new Set(who.map(({ worker }) => worker));
    assertEquals(Object.keys(parallel.stats.workers).toSorted(), [...names].toSorted());
  });

  test("no more workers are started than there are calls", async () => {
    const parallel = create();
    assertEquals(await parallel.run([delayed(square)(2)]), [4]);
    assertEquals(parallel.stats.allWorkers.started, 1);
  });

  test("a worker is replaced when it has run maxTasksPerWorker calls", async () => {
    const parallel = create({ maxTasksPerWorker: 2, batchSize: 3 }, 1);
    assertEquals(await parallel.map(square, [1, 2, 3, 4, 5]), [1, 4, 9, 16, 25]);
    assertEquals(parallel.stats.allWorkers.started, 3);
  });

  test("a worker that has nothing to do ends after idleTimeout", async () => {
    await using parallel = create({ idleTimeout: 10 }, 1);
    assertEquals(await parallel.map(square, [1]), [1]);
    await untilTrue(() => parallel.stats.allWorkers.live === 0, "the end of the worker");
    assertEquals(await parallel.map(square, [2]), [4]);
    assertEquals(parallel.stats.allWorkers.started, 2);
  });

  test("several runs share the workers of an `await using`", async () => {
    await using parallel = create();
    const [first, second] = await Promise.all([
      parallel.map(squareLater, [1, 2, 3]),
      parallel.map(square, [4, 5]),
    ]);
    assertEquals([first, second], [[1, 4, 9], [16, 25]]);
    await assertRejects(() => parallel.map(throwCustom, [1]), Error, "no money for 1");
    assertEquals(await parallel.map(square, [6]), [36]);
    assertEquals(parallel.stats.allWorkers.started <= (subject.nJobs ?? 2), true);
  });

  test("run() rejects after the scope of an `await using` has ended", async () => {
    const parallel = create();
    await parallel[Symbol.asyncDispose]();
    await parallel[Symbol.asyncDispose]();
    await assertRejects(() => parallel.map(square, [1]), TypeError, "was closed");
  });

  test("a run that is not awaited rejects when the scope of its `await using` ends", async () => {
    const running: Promise<unknown>[] = [];
    {
      await using parallel = create();
      running.push(parallel.map(ends.pause, [5, 5, 5, 5]));
      running.push(parallel.map(square, [1, 2]));
    }
    for (const { status, reason } of await Promise.allSettled(running) as PromiseRejectedResult[]) {
      assertEquals(status, "rejected");
      assertMatch(String(reason), /Parallel was closed/);
    }
  });

  test("a worker that dies after its call is not used again", async () => {
    const handler = watchRoot();
    await using parallel = create({}, 1);
    await parallel.run([delayed(ends.exitLater)(10)]);
    await handler.until(1); // That it has died is logged.
    assertEquals(handler.records[0]?.levelName, "ERROR");
    assertEquals(await parallel.map(square, [1]), [1]);
    assertEquals(parallel.stats.allWorkers.started, 2);
  }, subject.noExit);

  test("run() rejects when a task ends its worker, and the next run works", async () => {
    const handler = watchRoot();
    await using parallel = create({}, 1);
    const closing = subject.closing ?? { kind: "close" };
    const calls = [
      [delayed(ends.exit)(3), { kind: "exit", code: 3 }],
      [delayed(ends.processExit)(4), { kind: "exit", code: 4 }],
      [delayed(ends.closeSelf)(), closing],
    ] as const;
    for (const [call, reason] of calls) {
      const error = await assertRejects(() => parallel.run([call as Call]), WorkerCrashError);
      assertEquals([error.reason, error.task, error.index], [reason, call.task.name, 0]);
      assertStringIncludes(error.message, call.task.name);
      assertEquals(await parallel.map(square, [2]), [4]);
    }
    assertEquals(handler.messages, ["about to exit"]);
    assertEquals(parallel.stats.calls.crashed, 3);
  }, subject.noExit);
}
