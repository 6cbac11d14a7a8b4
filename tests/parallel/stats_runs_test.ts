/** `parallel.stats` of real runs, on each backend. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  delayed,
  getLogger,
  NullHandler,
  Parallel,
  type ParallelStats,
  withCleanRootLogger,
} from "@paralog/paralog";

const BACKENDS = { inline: "MainProcess", workers: "Worker-1", processes: "Process-1" } as const;
const BACKEND_NAMES = Object.keys(BACKENDS) as (keyof typeof BACKENDS)[];

/** Fails where numbers that must agree don't. */
function assertConsistent(stats: ParallelStats): void {
  const { calls, runTime, queueTime, batchSize, overhead, allWorkers, workers } = stats;
  const { waiting, running, done, failed, cancelled } = calls;
  assertEquals(calls.taken, waiting + running + done + failed + cancelled);
  assertEquals(runTime.count, allWorkers.calls);
  assert(queueTime.count >= runTime.count, "each call that came to its end was dispatched");
  assertEquals(batchSize.sum, queueTime.count);
  assert(overhead.min >= 0);
  for (const [name, each] of Object.entries({ ...workers, allWorkers })) {
    assert(each.utilization >= 0 && each.utilization <= 1, `utilization of ${name}`);
    assert(each.alive >= each.busy - 1, `${name} is busy while it is alive`);
  }
  assertEquals(structuredClone(stats), stats);
}

const failEveryFifth = delayed((x: number) => {
  if (x % 5 === 0) throw new RangeError(`no ${x}`);
  return x;
});

const warn = delayed((text: string) => getLogger().warn(text));

for (const backend of BACKEND_NAMES) {
  Deno.test(`${backend}: stats tell of all calls of all runs`, async () => {
    await using parallel = new Parallel(2, { backend });
    await parallel.runSettled(Array.from({ length: 20 }, (_, x) => failEveryFifth(x)));
    const calls = { taken: 20, waiting: 0, running: 0, done: 16, failed: 4, cancelled: 0 };
    const first = parallel.stats;
    assertEquals(first.calls, { ...calls, retried: 0, timedOut: 0, crashed: 0 });
    assertEquals(first.runTime.count, 20);
    assertConsistent(first);

    await assertRejects(() => parallel.run([failEveryFifth(5)]), RangeError, "no 5");
    await withCleanRootLogger(async () => {
      getLogger().addHandler(new NullHandler());
      await parallel.run([warn("nobody reads this"), warn("nor this")]);
    });
    const { runs, calls: all, workers, allWorkers, records, ...stats } = parallel.stats;
    assertEquals(runs, { started: 3, running: 0, done: 2, failed: 1, stopped: 0 });
    assertEquals([all.taken, all.done, all.failed], [23, 18, 5]);
    assertEquals([allWorkers.calls, allWorkers.records.emitted], [23, 2]);
    assert(BACKENDS[backend] in workers);
    assert(allWorkers.live > 0, "they live until the scope ends");
    assertConsistent({ runs, calls: all, workers, allWorkers, records, ...stats });
  });

  Deno.test(`${backend}: stats tell of retries`, async () => {
    const parallel = new Parallel(2, { backend, retries: { attempts: 2, backoff: 0 } });
    await assertRejects(() => parallel.run([failEveryFifth(0)]), RangeError);
    const { calls, runTime, allWorkers } = parallel.stats;
    assertEquals([calls.taken, calls.failed, calls.retried], [1, 1, 2]);
    assertEquals([runTime.count, allWorkers.live], [3, 0]);
  });

  Deno.test(`${backend}: stats tell of calls that were left when a stream was`, async () => {
    const parallel = new Parallel(2, { backend });
    const endless = function* () {
      for (let x = 1;; x++) yield delayed((x: number) => x)(x);
    };
    let results = 0;
    for await (const _ of parallel.stream(endless())) if (++results === 10) break;
    const { runs, calls, duration } = parallel.stats;
    assertEquals(runs, { started: 1, running: 0, done: 0, failed: 0, stopped: 1 });
    assert(calls.done >= 10);
    assertEquals(calls.taken, calls.done + calls.cancelled);
    assertEquals([calls.waiting, calls.running], [0, 0]);
    assertEquals(parallel.stats.duration, duration, "no run is under way");
    assertConsistent(parallel.stats);
  });
}

Deno.test("processes: stats tell of crashed and timed out calls, and their time is no overhead", async () => {
  const parallel = new Parallel(2, { backend: "processes", timeout: 300 });
  const spin = delayed(() => {
    while (true);
  });
  await parallel.runSettled([delayed(() => Deno.exit(3))(), spin(), delayed(() => 1)()]);
  const { calls, runTime, overhead } = parallel.stats;
  assertEquals([calls.crashed, calls.timedOut, calls.failed, calls.done], [1, 1, 2, 1]);
  assert(runTime.max >= 300, "the time of the task that was stopped");
  assert(overhead.max < 300);
});

Deno.test("processes: stats tell of a call that waited too long", async () => {
  const parallel = new Parallel(1, { backend: "processes", queueTimeout: 1, batchSize: 1 });
  const wait = delayed((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  await parallel.runSettled([wait(100), wait(0)]);
  const { calls } = parallel.stats;
  assertEquals([calls.done, calls.failed, calls.timedOut], [1, 1, 1]);
});

Deno.test("processes: stats tell how many bytes crossed pipes", async () => {
  const parallel = new Parallel(2, { backend: "processes" });
  const cut = delayed((bytes: Uint8Array) => bytes.slice(0, 1000));
  await parallel.run([cut(new Uint8Array(100_000))]);
  const { sent, received } = parallel.stats.bytes ?? { sent: 0, received: 0 };
  assert(sent >= 100_000 && sent < 150_000, `${sent} bytes sent`);
  assert(received >= 1000 && received < 51_000, `${received} bytes received`);
});

Deno.test("workers: there are no pipes that bytes could cross", async () => {
  const parallel = new Parallel(2, { backend: "workers" });
  await parallel.run([delayed(() => 1)()]);
  assertEquals(parallel.stats.bytes, undefined);
});
