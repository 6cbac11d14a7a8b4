/**
 * Runs that are stopped before their end.
 *
 * @module
 */

import { delayed } from "../../parallel/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { inBackground, untilTrue } from "../patience.ts";
import * as tasks from "../tasks/ends.ts";
import { logLine } from "../tasks/logs.ts";
import { square } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testCancellation({ create, subject, test }: Contract): void {
  test("an aborted run tells its task the reason, waits until it has ended, and starts no other", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 2 }, 1);
    const controller = new AbortController();
    const calls = [delayed(tasks.waitForAbort)("task"), delayed(logLine)("later")];
    const running = inBackground(parallel.run(calls, { signal: controller.signal }));
    await handler.untilMessage("task waits");
    controller.abort(new RangeError("enough"));
    assert(await assertRejects(() => running) === controller.signal.reason);
    assertEquals(handler.messages, ["task waits", "task ends: RangeError: enough"]);
    assertEquals(await parallel.map(square, [3]), [9]);
    assertEquals(parallel.stats.allWorkers.started, 1); // The same one goes on.
  });

  test("calls of a batch that have ended do not take its grace from the one that runs", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 3, gracePeriod: 60_000 }, 1);
    const controller = new AbortController();
    const calls = [delayed(logLine)("a"), delayed(logLine)("b"), delayed(tasks.waitForAbort)("c")];
    const settled = inBackground(
      Array.fromAsync(parallel.stream(calls, { signal: controller.signal, ordered: false })),
    );
    await handler.untilMessage("c waits");
    await untilTrue(() => parallel.stats.calls.done === 2, "the ends of the others");
    controller.abort(new RangeError("enough"));
    await assertRejects(() => settled, RangeError, "enough");
    assertEquals(handler.messages.at(-1), "c ends: RangeError: enough");
  });

  test("run() stops between calls that never wait when its signal aborts", async () => {
    const calls = Array.from({ length: 1000 }, () => delayed(tasks.spin)(10));
    await assertRejects(
      () => create().run(calls, { signal: AbortSignal.timeout(100) }),
      DOMException,
      "timeout",
    );
  });

  test("run() starts nothing with a signal that has aborted, and closes no input it did not open", async () => {
    const signal = AbortSignal.abort(new RangeError("enough"));
    let isOpened = false;
    const calls = {
      [Symbol.iterator]() {
        isOpened = true;
        return [delayed(square)(1)].values();
      },
    };
    for (const parallel of [create({ signal }), create()]) {
      await assertRejects(() => parallel.run(calls, { signal }), RangeError, "enough");
      assertEquals([isOpened, parallel.stats.allWorkers.started], [false, 0]);
    }
  });

  test("an aborted run does not wait for an input that does not answer, and closes it", async () => {
    const controller = new AbortController();
    await using parallel = create();
    for (const known of [0, 1]) {
      let given = 0;
      let isClosed = false;
      const input = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (given++ < known) return Promise.resolve({ done: false, value: delayed(square)(1) });
            queueMicrotask(() => controller.abort(new RangeError("enough")));
            return new Promise<never>(() => {});
          },
          return: () => {
            isClosed = true;
            return Promise.resolve({ done: true, value: undefined } as const);
          },
        }),
      };
      const { signal } = known === 0 ? controller : new AbortController();
      const running = parallel.run(input, { signal: known === 0 ? signal : controller.signal });
      await assertRejects(() => running, RangeError, "enough");
      assertEquals(isClosed, known === 0);
    }
  });

  test("a task that does not listen is ended, and nothing of it runs on", async () => {
    const handler = watchRoot();
    await using parallel = create({ gracePeriod: 60_000 }, 1);
    const controller = new AbortController();
    const calls = [delayed(tasks.tick)(), delayed(logLine)("later")];
    const running = inBackground(parallel.run(calls, { signal: controller.signal }));
    await handler.untilMessage("tick 3");
    controller.abort(new RangeError("enough"));
    await assertRejects(() => running, RangeError, "enough");
    const { length } = handler.records;
    await parallel.map(tasks.pause, [20]);
    assertEquals(handler.records.length, length);
    assertEquals(handler.messages.at(-1)?.startsWith("tick"), true);
  }, subject.noEndless);

  test("a task that listens, but does not end, is ended after the grace period", async () => {
    const handler = watchRoot();
    await using parallel = create({ gracePeriod: 20 }, 1);
    const controller = new AbortController();
    const running = inBackground(
      parallel.run([delayed(tasks.ignoreAbort)()], { signal: controller.signal }),
    );
    await handler.untilMessage("listens");
    controller.abort(new RangeError("enough"));
    await assertRejects(() => running, RangeError, "enough");
    assertEquals(handler.messages, ["listens", "does not mind"]);
    assertEquals(await parallel.map(square, [3]), [9]);
    assertEquals(parallel.stats.allWorkers.started, 2);
  }, subject.noEndless);

  test("the signal of a Parallel stops all its runs", async () => {
    const handler = watchRoot();
    const controller = new AbortController();
    await using parallel = create({ signal: controller.signal });
    const names = subject.noParallel === undefined ? ["a", "b"] : ["a"];
    const runs = names.map((name) =>
      inBackground(parallel.run([delayed(tasks.waitForAbort)(name)]))
    );
    for (const name of names) await handler.untilMessage(`${name} waits`);
    controller.abort(new RangeError("enough"));
    for (const run of runs) await assertRejects(() => run, RangeError, "enough");
    assertEquals(
      handler.messages.filter((text) => text.includes("ends")).toSorted(),
      names.map((name) => `${name} ends: RangeError: enough`),
    );
    await assertRejects(() => parallel.map(square, [1]), RangeError, "enough");
  });

  test("a run that is aborted leaves the others of its Parallel alone", async () => {
    const handler = watchRoot();
    await using parallel = create();
    const controller = new AbortController();
    const aborted = inBackground(
      parallel.run([delayed(tasks.waitForAbort)("aborted")], { signal: controller.signal }),
    );
    await handler.untilMessage("aborted waits");
    const other = parallel.map(square, [1, 2, 3]);
    controller.abort(new RangeError("enough"));
    await assertRejects(() => aborted, RangeError, "enough");
    assertEquals(await other, [1, 4, 9]);
  });
}
