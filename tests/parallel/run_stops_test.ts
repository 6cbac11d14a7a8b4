/** Runs that are stopped: nothing of them runs on, they always come to an end, and others are not disturbed. */

import { setImmediate } from "node:timers";
import { assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  type Call,
  delayed,
  getLogger,
  type Handler,
  NullHandler,
  Parallel,
  TaskTimeoutError,
  WorkerCrashError,
} from "@paralog/paralog";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { backendOf, workerOf } from "../support/own_backend.ts";
import { SharedCount } from "../support/shared_count.ts";
import * as tasks from "../support/stop_tasks.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** Arguments that no worker can be given. */
const unsendable = [(() => 1) as unknown as number, 0] as const;

for (const backend of ["workers", "processes"] as const) {
  testWithHandler(
    `${backend}: a task that ends when it is told to does not disturb the next run`,
    async (handler) => {
      await using parallel = new Parallel(1, { backend, batchSize: 100 });
      for (let round = 1; round <= 20; round++) {
        const controller = new AbortController();
        const stopped = parallel.run([delayed(tasks.waitForSignal)()], {
          signal: controller.signal,
        });
        const next = parallel.map(tasks.countUp, Array.from({ length: 100 }, (_, n) => n));
        inBackground(stopped);
        await handler.until(round); // It has asked for its signal.
        controller.abort(new RangeError("enough"));
        await assertRejects(() => stopped, RangeError, "enough");
        const counts = await withPatience(next, "the next run");
        // Each was called once, one after the other.
        assertEquals(counts.map((count, n) => count - n), new Array(100).fill(counts[0]));
      }
    },
  );
}

Deno.test(
  "workers: the calls behind one that spins are not started when their run is stopped",
  async () => {
    using begun = new SharedCount();
    using released = new SharedCount();
    using ran = new SharedCount();
    const parallel = new Parallel(1, { backend: "workers", batchSize: 1000 });
    const controller = new AbortController();
    const running = inBackground(parallel.run([
      delayed(tasks.spinUntil)(begun.memory, released.memory),
      ...Array.from({ length: 999 }, () => delayed(tasks.count)(ran.memory)),
    ], { signal: controller.signal }));
    await begun.until(1);
    controller.abort(new RangeError("enough"));
    await assertRejects(() => withPatience(running, "the end of the run"), RangeError, "enough");
    released.add();
    await begun.until(2); // It has ended; what follows in the same turn does so at once.
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(ran.value, 0);
  },
);

for (const backend of ["inline", "workers", "processes"] as const) {
  Deno.test(`${backend}: a call fails with the error of \`when\`, and the others go on`, async () => {
    const retries = {
      attempts: 3,
      when: () => {
        throw new RangeError("cannot say");
      },
    };
    const parallel = new Parallel(1, { backend, retries, batchSize: 3 });
    const running = parallel.runSettled(
      [1, 2, 3].map((n) => delayed(tasks.failAt)(n, 2)),
    );
    const [first, second, third] = await withPatience(running, "the end of the run");
    assertEquals([first, third], [
      { status: "fulfilled", value: 1 },
      { status: "fulfilled", value: 3 },
    ]);
    const error: unknown = second?.status === "rejected" && second.reason;
    assertInstanceOf(error, AggregateError);
    assertEquals(error.errors.map(String), [
      "TypeError: 2 is not wanted",
      "RangeError: cannot say",
    ]);
  });
}

Deno.test("no call of a batch starts when the log of one of them can't be opened", async () => {
  const started: unknown[] = [];
  const backend = backendOf(() => workerOf(({ index }) => void started.push(index)));
  const parallel = new Parallel(1, { backend, batchSize: 3 });
  const taskLogs = ({ index }: { readonly index: number }): Handler => {
    if (index === 1) throw new RangeError("no log for 1");
    return new NullHandler();
  };
  const running = parallel.map((n: number) => n, [0, 1, 2], { taskLogs });
  await assertRejects(() => running, RangeError, "no log for 1");
  assertEquals(started, []);
});

for (const backend of ["inline", "workers", "processes"] as const) {
  testWithHandler(
    `${backend}: a run rejects when a filter of its verbose lines throws`,
    async () => {
      getLogger("paralog").addFilter(({ msg }) => {
        if (msg.includes("Done")) throw new RangeError("no lines, please");
        return true;
      });
      const parallel = new Parallel(2, { backend, verbose: 50 });
      const running = parallel.map(tasks.countUp, [1, 2, 3, 4]);
      await assertRejects(() => withPatience(running, "the end"), RangeError, "no lines, please");
    },
  );
}

Deno.test("no other call starts when one fails as soon as it is given to its worker", async () => {
  const started: number[] = [];
  const worker = workerOf(() => {}, {
    run: ([job], _caller, listener) => {
      if (job) started.push(job.index);
      listener.onBegin();
      listener.onSettled([{ ok: false, error: new RangeError("refused"), ms: 0 }]);
      return Promise.resolve();
    },
  });
  const parallel = new Parallel(4, { backend: backendOf(() => worker), batchSize: 1 });
  const running = parallel.map((n: number) => n, [0, 1, 2, 3, 4, 5]);
  await assertRejects(() => running, RangeError, "refused");
  assertEquals(started, [0]);
});

for (const backend of ["workers", "processes"] as const) {
  Deno.test(`${backend}: the error of a crash names the call that ran, behind one that can't be sent`, async () => {
    const parallel = new Parallel(1, { backend, batchSize: 2 });
    const running = parallel.runSettled([
      delayed(tasks.failAt)(...unsendable),
      delayed(tasks.exit)(),
    ]);
    const [first, second] = await withPatience(running, "the end of the run");
    assertInstanceOf(first.status === "rejected" && first.reason, TypeError);
    const error: unknown = second.status === "rejected" && second.reason;
    assertInstanceOf(error, WorkerCrashError);
    assertEquals([error.index, error.task], [1, "exit"]);
  });
}

Deno.test("only the call that ran runs out of time, and not one before it that can't be sent", async () => {
  const parallel = new Parallel(1, { backend: "processes", batchSize: 3, timeout: 300 });
  const running = parallel.runSettled([
    delayed(tasks.failAt)(...unsendable),
    delayed(tasks.failAt)(...unsendable),
    delayed(tasks.spinForever)(),
  ]);
  const [first, second, third] = await withPatience(running, "the end of the run");
  for (const { status, ...rest } of [first, second]) {
    assertEquals(status, "rejected");
    assertInstanceOf(Reflect.get(rest, "reason"), TypeError);
  }
  const error: unknown = third.status === "rejected" && third.reason;
  assertInstanceOf(error, TaskTimeoutError);
  assertEquals([error.index, error.task], [2, "spinForever"]);
});

for (const member of ["cancel", "terminate"] as const) {
  testWithHandler(
    `a run that is stopped rejects also when ${member}() of a worker throws`,
    async (handler) => {
      const begun = Promise.withResolvers<void>();
      let isAsked = false;
      const worker = workerOf(() => {
        begun.resolve();
        return new Promise(() => {});
      }, {
        [member]: () => {
          if (isAsked) return Promise.resolve(); // The end of its pool asks once more.
          isAsked = true;
          throw new TypeError("this worker can't be stopped");
        },
      });
      const controller = new AbortController();
      const parallel = new Parallel(1, { backend: backendOf(() => worker) });
      const { signal } = controller;
      const running = inBackground(parallel.map((n: number) => n, [1], { signal }));
      await begun.promise;
      controller.abort(new RangeError("enough"));
      await assertRejects(() => withPatience(running, "the end of the run"), RangeError, "enough");
      assertMatch(handler.messages.join(), /then failed: TypeError: this worker can't be stopped/);
    },
  );
}

for (const backend of ["inline", "workers"] as const) {
  for (const count of [0, 3]) {
    Deno.test(`${backend}: a run that waits for call ${count} rejects when its scope ends`, async () => {
      const waits = Promise.withResolvers<void>();
      async function* calls() {
        for (let n = 0; n < count; n++) yield delayed(tasks.failAt)(n, -1);
        waits.resolve();
        await new Promise(() => {});
      }
      let running: Promise<unknown>;
      {
        await using parallel = new Parallel(2, { backend });
        running = inBackground(parallel.run(calls()));
        await waits.promise;
      }
      await assertRejects(() => withPatience(running, "its end"), Error, "Parallel was closed");
    });
  }
}

Deno.test("a stream can be left while its input has given no call yet", async () => {
  let isAsked = false;
  const input: AsyncIterable<Call> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        isAsked = true;
        return new Promise(() => {});
      },
    }),
  };
  const stream = new Parallel(2).stream(input);
  const first = stream.next();
  while (!isAsked) await new Promise((resolve) => setImmediate(resolve));
  await withPatience(stream.return(), "the end of the stream");
  assertEquals(await first, { done: true, value: undefined });
});

for (const backend of ["workers", "processes"] as const) {
  testWithHandler(
    `${backend}: what has returned keeps its result when its worker ends before its records are handled`,
    async (handler) => {
      handler.emit = (record) => {
        handler.records.push(record);
        for (const end = performance.now() + 0.05; performance.now() < end;);
      };
      const parallel = new Parallel(1, { backend, batchSize: 4 });
      const [first, second, third, last] = await withPatience(
        parallel.runSettled([
          delayed(tasks.logMany)(1000),
          delayed(tasks.logMany)(500),
          delayed(tasks.exit)(),
          delayed(tasks.logMany)(1),
        ]),
        "the end of the run",
      );
      assertEquals(first, { status: "fulfilled", value: 1000 });
      assertEquals(second, { status: "fulfilled", value: 500 });
      assertInstanceOf(third.status === "rejected" && third.reason, WorkerCrashError);
      assertEquals(last, { status: "fulfilled", value: 1 });
      assertEquals(handler.records.length, 1501);
    },
  );
}
