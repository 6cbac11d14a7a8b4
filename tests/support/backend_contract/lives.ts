/** Runs that are stopped, workers that are shared and that come to their end. */

import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basicConfig, type Call, delayed } from "@paralog/paralog";
import { ListHandler } from "../list_handler.ts";
import { inBackground, withPatience } from "../shared_count.ts";
import { WatchedHandler } from "../watched_handler.ts";
import * as tasks from "../tasks.ts";
import type { Contract } from "./contract.ts";

/** Registers the tests. */
export function testLives({ create, subject, test }: Contract): void {
  test("run() stops between calls that never wait when its signal aborts", async () => {
    const calls = Array.from({ length: 1000 }, () => delayed(tasks.spin)(10));
    await assertRejects(
      () => create().run(calls, { signal: AbortSignal.timeout(100) }),
      DOMException,
      "timeout",
    );
  });

  test("an aborted call does not hold up the next run of an `await using`", async () => {
    await using parallel = create();
    const running = parallel.run([delayed(tasks.neverEnds)()], {
      signal: AbortSignal.timeout(50),
    });
    await assertRejects(() => running, DOMException, "timeout");
    assertEquals(await parallel.map(tasks.square, [3]), [9]);
  }, subject.noEndless);

  test(
    "an aborted run rejects with the reason of its signal",
    async () => {
      const handler = new WatchedHandler();
      basicConfig({ level: "INFO", handlers: [handler] });
      const controller = new AbortController();
      const running = inBackground(
        create({ signal: controller.signal })
          .run([delayed(tasks.neverEnds)(), delayed(tasks.square)(1)]),
      );
      await handler.untilMessage("never ends");
      controller.abort(new RangeError("enough"));
      await assertRejects(() => running, RangeError, "enough");
      await assertRejects(
        () => create().run([delayed(tasks.square)(1)], { signal: controller.signal }),
        RangeError,
        "enough",
      );
    },
    subject.noEndless,
  );

  test("several runs share the workers of an `await using`", async () => {
    await using parallel = create();
    const [first, second] = await Promise.all([
      parallel.map(tasks.squareLater, [1, 2, 3]),
      parallel.map(tasks.square, [4, 5]),
    ]);
    assertEquals([first, second], [[1, 4, 9], [16, 25]]);
    const error = await assertRejects(() => parallel.map(tasks.throwCustom, [1]), Error);
    assertEquals(error.message, "no money for 1");
    assertEquals(await parallel.map(tasks.square, [6]), [36]);
  });

  test("run() rejects after the scope of an `await using` has ended", async () => {
    const parallel = create();
    await parallel[Symbol.asyncDispose]();
    await parallel[Symbol.asyncDispose]();
    await assertRejects(() => parallel.map(tasks.square, [1]), TypeError, "was closed");
  });

  test("a run that is not awaited rejects when the scope of its `await using` ends", async () => {
    const running: Promise<unknown>[] = [];
    {
      await using parallel = create();
      running.push(parallel.map(tasks.interval, [5, 5, 5, 5]));
      running.push(parallel.map(tasks.square, [1, 2]));
    }
    for (const { status, reason } of await Promise.allSettled(running) as PromiseRejectedResult[]) {
      assertEquals(status, "rejected");
      assertMatch(String(reason), /Parallel was closed/);
    }
  });

  test("a worker that dies after its call is not used again", async () => {
    await using parallel = create();
    const handler = new ListHandler();
    const died = Promise.withResolvers<void>();
    handler.emit = () => died.resolve();
    basicConfig({ level: "INFO", handlers: [handler] });
    await parallel.run([delayed(() => void setTimeout(() => self.close(), 10))()]);
    await withPatience(died.promise, "the worker's death");
    assertEquals(await parallel.map(tasks.square, [1]), [1]);
  }, subject.noExit);

  test("run() rejects when a task ends its worker, and the next run works", async () => {
    await using parallel = create();
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    const ends = [
      [delayed(tasks.exit)(3), { kind: "exit", code: 3 }],
      [delayed(tasks.processExit)(4), { kind: "exit", code: 4 }],
      [delayed(tasks.closeSelf)(), subject.closing ?? { kind: "close" }],
    ] as const;
    for (const [call, reason] of ends) {
      const error: unknown = await parallel.run([call as Call]).catch((error) => error);
      assertInstanceOf(error, Error);
      assertEquals([error.name, Reflect.get(error, "reason")], ["WorkerCrashError", reason]);
      assertStringIncludes(error.message, call.task.name);
      assertEquals(await parallel.map(tasks.square, [2]), [4]);
    }
    assertEquals(handler.lines, ["about to exit"]);
  }, subject.noExit);
}
