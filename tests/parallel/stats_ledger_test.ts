/** `parallel.stats`, driven by hand: what is told by which events. */

import { assert, assertEquals } from "@std/assert";
import type { JobOutcome } from "../../src/parallel/backend.ts";
import { TaskTimeoutError, WorkerCrashError } from "../../src/parallel/errors.ts";
import type { RunState } from "../../src/parallel/watching/run_observer.ts";
import { StatsLedger } from "../../src/parallel/stats/stats_ledger.ts";
import type { Rejection } from "../../src/parallel/watching/run_end.ts";

/** A run whose counts the test sets. */
function runWith(counts: Partial<RunState> = {}): { -readonly [K in keyof RunState]: RunState[K] } {
  const none = { taken: 0, total: undefined, settled: 0, failed: 0, running: 0 };
  return { ...none, batches: 0, dispatched: 0, isStopped: false, preDispatch: 4, ...counts };
}

/** A ledger with a clock that the test sets. */
class ClockedLedger extends StatsLedger {
  readonly clock: { ms: number };

  constructor() {
    const clock = { ms: 1000 };
    super(() => clock.ms);
    this.clock = clock;
  }

  /** A worker runs a batch: sent now, back after a while. */
  batch(worker: string, times: { ms: readonly number[]; round: number; queued?: number[] }): void {
    const { ms, round, queued = ms.map(() => 0) } = times;
    const run = runWith();
    const size = ms.length;
    this.onDispatch(run, { worker, size, queued, at: this.clock.ms });
    this.clock.ms += round;
    this.onSettled(run, { worker, outcomes: ms.map(ran) });
    this.onBatch(run, { worker, size, round, busy: ms.reduce((sum, each) => sum + each, 0) });
  }
}

const ran = (ms: number): JobOutcome => ({ ok: true, value: undefined, ms });
const threw = (error: unknown): JobOutcome => ({ ok: false, error, ms: 1 });

const NONE = { emitted: 0, written: 0, filtered: 0, dropped: 0 };

Deno.test("stats of a Parallel that did nothing are zeros", () => {
  const ledger = new ClockedLedger();
  ledger.clock.ms += 5;
  const stats = ledger.snapshot();
  assertEquals(stats.runs, { started: 0, running: 0, done: 0, failed: 0, stopped: 0 });
  assertEquals(stats.calls, {
    ...{ taken: 0, waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
    ...{ retried: 0, timedOut: 0, crashed: 0 },
  });
  assertEquals(stats.records, { ...NONE, workers: {} });
  assertEquals([stats.duration, stats.bytes, stats.workers], [0, undefined, {}]);
  for (const name of ["queueTime", "runTime", "batchSize", "overhead"] as const) {
    assertEquals(stats[name].count, 0, name);
  }
  assertEquals(stats.allWorkers, {
    ...{ started: 0, live: 0, batches: 0, calls: 0, busy: 0, alive: 0, utilization: 0 },
    records: NONE,
  });
});

Deno.test("stats.calls adds up the runs that are under way and those before", () => {
  const ledger = new ClockedLedger();
  const first = runWith();
  const second = runWith();
  ledger.onStart(first);
  ledger.onStart(second);
  Object.assign(first, { taken: 10, settled: 6, failed: 1, running: 3 });
  Object.assign(second, { taken: 5, settled: 1, running: 2 });
  const { runs, calls } = ledger.snapshot();
  assertEquals(runs, { started: 2, running: 2, done: 0, failed: 0, stopped: 0 });
  const none = { retried: 0, timedOut: 0, crashed: 0 };
  const counts = { taken: 15, waiting: 3, running: 5, done: 6, failed: 1, cancelled: 0 };
  assertEquals(calls, { ...counts, ...none });

  ledger.onEnd(first, { error: new Error("one call has failed"), isWanted: false });
  Object.assign(first, { settled: 9, running: 0 }); // What ends later is cancelled for good.
  const later = ledger.snapshot();
  assertEquals(later.runs, { started: 2, running: 1, done: 0, failed: 1, stopped: 0 });
  const left = { taken: 15, waiting: 2, running: 2, done: 6, failed: 1, cancelled: 4 };
  assertEquals(later.calls, { ...left, ...none });

  Object.assign(second, { settled: 5, total: 5, running: 0 });
  ledger.onEnd(second);
  const last = ledger.snapshot();
  assertEquals(last.runs, { started: 2, running: 0, done: 1, failed: 1, stopped: 0 });
  const all = { taken: 15, waiting: 0, running: 0, done: 10, failed: 1, cancelled: 4 };
  assertEquals(last.calls, { ...all, ...none });
});

Deno.test("stats.runs tells runs that were stopped from those that failed", () => {
  const ledger = new ClockedLedger();
  const end = (rejection?: Rejection) => {
    const run = runWith({ taken: 3, settled: 1 });
    ledger.onStart(run);
    ledger.onEnd(run, rejection);
  };
  end({ error: new DOMException("enough", "AbortError"), isWanted: true });
  end(); // A stream that was left.
  end({ error: undefined, isWanted: false }); // Even that can be thrown.
  const { runs, calls } = ledger.snapshot();
  assertEquals(runs, { started: 3, running: 0, done: 0, failed: 1, stopped: 2 });
  assertEquals([calls.taken, calls.done, calls.cancelled], [9, 3, 6]);
});

Deno.test("stats.calls tells attempts that timed out, lost their worker or were retried", () => {
  const ledger = new ClockedLedger();
  const run = runWith();
  const crash = new WorkerCrashError("Worker-1", { kind: "exit", code: 1 });
  const timeout = new TaskTimeoutError("work", { index: 0, timeout: 300, phase: "run" });
  ledger.onStart(run);
  const outcomes = [crash, timeout, timeout, new TypeError("broken"), "thrown"].map(threw);
  ledger.onSettled(run, { worker: "Worker-1", outcomes });
  ledger.onRetry();
  ledger.onQueueTimeout(run, 3);
  const { calls, runTime } = ledger.snapshot();
  assertEquals([calls.crashed, calls.timedOut, calls.retried], [1, 5, 1]);
  assertEquals(runTime.count, 5, "each attempt");
});

Deno.test("stats.duration is the time in which a run was under way", () => {
  const ledger = new ClockedLedger();
  const [first, second] = [runWith(), runWith()];
  ledger.clock.ms += 100;
  ledger.onStart(first);
  ledger.clock.ms += 10;
  ledger.onStart(second);
  ledger.clock.ms += 10;
  ledger.onEnd(first);
  ledger.clock.ms += 10;
  assertEquals(ledger.snapshot().duration, 30, "with the second one");
  ledger.onEnd(second);
  ledger.clock.ms += 100;
  assertEquals(ledger.snapshot().duration, 30);
  ledger.onStart(runWith());
  ledger.clock.ms += 1;
  assertEquals(ledger.snapshot().duration, 31);
});

Deno.test("stats.queueTime, runTime and batchSize are of all calls and batches", () => {
  const ledger = new ClockedLedger();
  ledger.batch("Worker-1", { ms: [10, 20, 30], round: 61, queued: [0, 1, 2] });
  ledger.batch("Worker-2", { ms: [40], round: 42, queued: [96] });
  const { queueTime, runTime, batchSize } = ledger.snapshot();
  const numbers = ({ count, sum, min, max, p50 }: typeof runTime) => [count, sum, min, max, p50];
  assertEquals(numbers(queueTime), [4, 99, 0, 96, 1]);
  assertEquals(numbers(runTime), [4, 100, 10, 40, 20]);
  assertEquals(numbers(batchSize), [2, 4, 1, 3, 1]);
});

Deno.test("stats.overhead is the round trips less the time in tasks, a call", () => {
  const ledger = new ClockedLedger();
  ledger.batch("Worker-1", { ms: [10, 20, 30], round: 66 });
  ledger.batch("Worker-1", { ms: [40], round: 50 });
  const { count, sum, mean, min, max, p50 } = ledger.snapshot().overhead;
  assertEquals({ count, sum, mean }, { count: 4, sum: 16, mean: 4 });
  assertEquals({ min, max, p50 }, { min: 2, max: 10, p50: 2 });
});

Deno.test("stats.bytes adds up what crossed pipes", () => {
  const ledger = new ClockedLedger();
  ledger.addBytes(100, 0);
  ledger.addBytes(0, 7);
  ledger.addBytes(1, 1);
  assertEquals(ledger.snapshot().bytes, { sent: 101, received: 8 });
});

Deno.test("stats.workers has the work and the time of each worker", () => {
  const ledger = new ClockedLedger();
  ledger.workerStarted("Worker-1"); // At 1000.
  ledger.workerStarted("Worker-2");
  ledger.batch("Worker-1", { ms: [10, 20], round: 40 });
  ledger.batch("Worker-2", { ms: [10], round: 60 });
  ledger.workerEnded("Worker-2"); // At 1100.
  ledger.clock.ms += 100;
  const { workers, allWorkers } = ledger.snapshot();
  assertEquals(workers, {
    "Worker-1": {
      ...{ started: 1, live: 1, batches: 1, calls: 2, busy: 30, alive: 200, utilization: 0.15 },
      records: NONE,
    },
    "Worker-2": {
      ...{ started: 1, live: 0, batches: 1, calls: 1, busy: 10, alive: 100, utilization: 0.1 },
      records: NONE,
    },
  });
  assertEquals(allWorkers, {
    ...{ started: 2, live: 1, batches: 2, calls: 3, busy: 40, alive: 300, utilization: 40 / 300 },
    records: NONE,
  });
});

Deno.test("a worker is busy with the batch that is under way", () => {
  const ledger = new ClockedLedger();
  const run = runWith();
  ledger.workerStarted("Worker-1");
  ledger.clock.ms += 10;
  ledger.onDispatch(run, { worker: "Worker-1", size: 1, queued: [0], at: ledger.clock.ms });
  ledger.clock.ms += 30;
  const { busy, utilization } = ledger.snapshot().workers["Worker-1"]!;
  assertEquals({ busy, utilization }, { busy: 30, utilization: 0.75 });
  ledger.onBatch(run, { worker: "Worker-1", size: 1, round: 30, busy: 28 });
  assertEquals(ledger.snapshot().workers["Worker-1"]!.busy, 28, "as the worker has told");
  ledger.onDispatch(run, { worker: "Worker-1", size: 1, queued: [0], at: ledger.clock.ms });
  ledger.workerEnded("Worker-1");
  ledger.clock.ms += 100;
  assertEquals(ledger.snapshot().workers["Worker-1"]!.busy, 28, "a dead worker is not busy");
});

Deno.test("the time that a batch was sent at may be told", () => {
  const ledger = new ClockedLedger();
  ledger.workerStarted("Worker-1");
  ledger.clock.ms += 100;
  const at = ledger.clock.ms - 50;
  ledger.onDispatch(runWith(), { worker: "Worker-1", size: 1, queued: [0], at });
  assertEquals(ledger.snapshot().workers["Worker-1"]!.busy, 50);
});

Deno.test("no worker is busy for more than all of its time", () => {
  const ledger = new ClockedLedger();
  ledger.workerStarted("Worker-1");
  ledger.batch("Worker-1", { ms: [100.5], round: 100 });
  assertEquals(ledger.snapshot().workers["Worker-1"]!.utilization, 1);
  assertEquals(ledger.snapshot().allWorkers.utilization, 1);
  assertEquals(ledger.snapshot().overhead.max, 0);
});

Deno.test("workers of the same name share an entry, also when they live at once", () => {
  const ledger = new ClockedLedger();
  ledger.workerStarted("Worker-1");
  ledger.clock.ms += 10;
  ledger.workerStarted("Worker-1"); // The first one is being ended still.
  ledger.clock.ms += 10;
  ledger.workerEnded("Worker-1");
  ledger.batch("Worker-1", { ms: [10], round: 10 });
  ledger.workerEnded("Worker-1");
  ledger.workerEnded("Worker-1"); // Once more than they are does no harm.
  ledger.clock.ms += 10;
  const { started, live, alive, busy } = ledger.snapshot().workers["Worker-1"]!;
  assertEquals({ started, live, alive, busy }, { started: 2, live: 0, alive: 40, busy: 10 });
});

Deno.test("stats.workers has the records of each worker", () => {
  const ledger = new ClockedLedger();
  for (const number of [1, 2]) {
    const tally = ledger.records.tallyOf("workers", number);
    ledger.records.name(tally, `Worker-${number}`);
    ledger.workerStarted(`Worker-${number}`);
    tally.count("written", number);
    tally.count("dropped");
  }
  const { records, workers, allWorkers } = ledger.snapshot();
  assertEquals(workers["Worker-2"]!.records, { emitted: 3, written: 2, filtered: 0, dropped: 1 });
  assertEquals(records.workers["Worker-2"], workers["Worker-2"]!.records);
  assertEquals(allWorkers.records, { emitted: 5, written: 3, filtered: 0, dropped: 2 });
});

Deno.test("of thousands of replaced workers the last hundred are told apart, and none is lost", () => {
  const ledger = new ClockedLedger();
  ledger.workerStarted("Steady-1");
  const tallies = Array.from({ length: 2000 }, (_, index) => {
    const name = `Worker-${index + 1}`;
    const tally = ledger.records.tallyOf("workers", index + 1);
    ledger.records.name(tally, name);
    ledger.workerStarted(name);
    tally.count("written");
    ledger.batch(name, { ms: [1, 2], round: 4 });
    ledger.workerEnded(name);
    return tally;
  });
  tallies[0]!.count("filtered"); // A record that comes late.
  const { workers, allWorkers, records } = ledger.snapshot();
  const names = ["others", "Steady-1"];
  for (let number = 1901; number <= 2000; number++) names.push(`Worker-${number}`);
  assertEquals(Object.keys(workers).sort(), names.toSorted());
  assertEquals(workers.others, {
    ...{ started: 1900, live: 0, batches: 1900, calls: 3800 },
    ...{ busy: 5700, alive: 7600, utilization: 0.75 },
    records: { emitted: 1901, written: 1900, filtered: 1, dropped: 0 },
  });
  assertEquals([allWorkers.started, allWorkers.calls, allWorkers.busy], [2001, 4000, 6000]);
  assertEquals(records.workers.others, workers.others!.records);
  const { emitted, written, filtered } = records;
  assertEquals({ emitted, written, filtered }, { emitted: 2001, written: 2000, filtered: 1 });
  assert(!("Worker-1900" in records.workers));
});

Deno.test("a name that comes back is not forgotten while its worker lives", () => {
  const ledger = new ClockedLedger();
  for (let number = 1; number <= 100; number++) {
    ledger.workerStarted(`Worker-${number}`);
    ledger.workerEnded(`Worker-${number}`);
  }
  ledger.workerStarted("Worker-1");
  ledger.workerStarted("Worker-101");
  ledger.workerEnded("Worker-101");
  ledger.workerStarted("Worker-102");
  ledger.workerEnded("Worker-102");
  const { workers } = ledger.snapshot();
  assertEquals([workers["Worker-1"]?.started, workers["Worker-2"]], [2, undefined]);
});

Deno.test("a snapshot is plain, and stays as it is", () => {
  const ledger = new ClockedLedger();
  const run = runWith({ taken: 3 });
  ledger.onStart(run);
  ledger.workerStarted("Worker-1");
  ledger.batch("Worker-1", { ms: [1], round: 2 });
  ledger.addBytes(1, 1);
  const before = ledger.snapshot();
  const copy = structuredClone(before);
  run.taken++;
  ledger.batch("Worker-1", { ms: [1], round: 2 });
  ledger.addBytes(1, 1);
  assertEquals(before, copy);
  assertEquals(JSON.parse(JSON.stringify(before)), copy);
});
