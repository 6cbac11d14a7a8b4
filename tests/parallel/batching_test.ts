import { assert, assertEquals, assertThrows } from "@std/assert";
import { BATCH_RULE, BatchSizer, checkBatchSize } from "../../src/parallel/schedule/batching.ts";

Deno.test("checkBatchSize() takes auto and whole numbers from 1, and explains what else there is", () => {
  assertEquals([undefined, "auto", 1, 500].map(checkBatchSize), ["auto", "auto", 1, 500]);
  for (const wrong of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => checkBatchSize(wrong), RangeError, 'batchSize must be "auto" or 1, 2, 3');
  }
  for (const wrong of ["2", null, {}, true]) {
    assertThrows(() => checkBatchSize(wrong), TypeError, "Cannot send calls in batches of");
  }
});

Deno.test("BatchSizer keeps a fixed size, however long batches take", () => {
  const sizer = new BatchSizer(7);
  sizer.onChange = () => {
    throw new Error("it changed");
  };
  for (const ms of [0.01, 1000]) sizer.finished(7, ms);
  assertEquals(sizer.size, 7);
  assertEquals([1, 7, 100].map((waiting) => sizer.sizeFor(waiting, 2, true)), [7, 7, 7]);
});

Deno.test("BatchSizer begins with 1, grows in steps up to the most, and tells of each", () => {
  const changes: number[][] = [];
  const sizer = new BatchSizer("auto", { most: 100 });
  sizer.onChange = (...change) => changes.push(change);
  assertEquals(sizer.size, 1);
  for (let i = 0; i < 10; i++) sizer.finished(sizer.size, 0.1);
  assertEquals(changes, [[0.1, 1, 4], [0.1, 4, 16], [0.1, 16, 64], [0.1, 64, 100]]);
});

Deno.test("BatchSizer grows where a clock is too coarse to see anything", () => {
  const sizer = new BatchSizer("auto");
  for (let i = 0; i < 50; i++) sizer.finished(sizer.size, 0);
  assertEquals(sizer.size, 10_000);
});

Deno.test("BatchSizer leaves a size alone whose batches take neither too short nor too long", () => {
  const sizer = new BatchSizer("auto");
  for (const ms of [BATCH_RULE.minIdeal, 10, BATCH_RULE.maxIdeal]) sizer.finished(1, ms);
  assertEquals(sizer.size, 1);
});

/** A sizer that has found a size for calls that take 2 us each. */
function grown(): BatchSizer {
  const sizer = new BatchSizer("auto");
  while (sizer.size < 1000) sizer.finished(sizer.size, sizer.size * 0.002 + 0.05);
  return sizer;
}

Deno.test("BatchSizer shrinks at once when calls suddenly take far longer", () => {
  const sizer = grown();
  sizer.finished(sizer.size, 1.9); // Smoothed with this one, 21 ms would still be short.
  const before = sizer.size;
  sizer.finished(before, BATCH_RULE.sudden + 1);
  assert(sizer.size < before / 4, `from ${before} to ${sizer.size}`);

  const one = grown();
  one.finished(one.size, 5000);
  assertEquals(one.size, 1);
});

Deno.test("BatchSizer learns of long calls from batches of an older size too, and of nothing else", () => {
  const sizer = grown();
  const { size } = sizer;
  sizer.finished(1, 0.05); // Mostly what it costs to send it.
  sizer.finished(4, 0.06);
  assertEquals(sizer.size, size);
  sizer.finished(1, 30);
  assertEquals(sizer.size, 1);
  sizer.finished(size, 300); // It was sent before; a smaller size is tried already.
  assertEquals(sizer.size, 1);
});

Deno.test("BatchSizer does not go down and up again when batches of an older size come late", () => {
  const sizer = grown();
  const { size } = sizer;
  sizer.finished(size, 100);
  const after = sizer.size;
  assert(after < size / 10);
  sizer.finished(size, 100);
  assertEquals(sizer.size, after);
});

Deno.test("sizeFor() divides what waits among the workers when there is too little for all", () => {
  const sizer = grown();
  const { size } = sizer;
  assertEquals(sizer.sizeFor(2 * size, 2, true), size);
  assertEquals(sizer.sizeFor(size, 2, false), Math.floor(size / 2)); // More will come.
  assertEquals(sizer.sizeFor(3, 4, false), 1);
  assertEquals(sizer.sizeFor(size, 2, true), Math.floor(size / 4));
  assertEquals(sizer.sizeFor(10, 2, true), Math.floor(size / 20)); // Less is not worth a message.
  assertEquals(sizer.sizeFor(10, 1, true), size); // Nobody else is there to take any.
});

Deno.test("sizeFor() gives single calls where batches are small", () => {
  const sizer = new BatchSizer("auto");
  sizer.finished(1, 0.5);
  assertEquals(sizer.size, 4);
  assertEquals([7, 4, 3, 1].map((waiting) => sizer.sizeFor(waiting, 2, true)), [1, 1, 1, 1]);
});

/** What a run would be like, by a clock that is only computed. */
interface Simulated {
  readonly sizes: readonly number[];
  /** When each worker has finished, in milliseconds. */
  readonly ends: readonly number[];
}

/** Gives calls to workers as the scheduler does: each takes a batch when it is free. */
function simulate(durations: readonly number[], nJobs: number): Simulated {
  const ROUND = 0.06; // What a message there and back takes, in milliseconds.
  const EACH = 0.0005; // What is copied for each call.
  const sizer = new BatchSizer("auto");
  const sizes: number[] = [];
  const free = new Array<number>(nJobs).fill(0);
  const busy = new Map<number, { size: number; ms: number }>();
  for (let next = 0;;) {
    const worker = free.indexOf(Math.min(...free));
    const done = busy.get(worker);
    if (done) sizer.finished(done.size, done.ms);
    const waiting = durations.length - next;
    if (waiting === 0) return { sizes, ends: free };
    const size = Math.min(waiting, sizer.sizeFor(waiting, nJobs, true));
    const calls = durations.slice(next, next += size);
    const ms = ROUND + calls.reduce((sum, each) => sum + each + EACH, 0);
    sizes.push(size);
    busy.set(worker, { size, ms });
    free[worker] = (free[worker] ?? 0) + ms;
  }
}

function idleShare({ ends }: Simulated): number {
  return (Math.max(...ends) - Math.min(...ends)) / Math.max(...ends);
}

Deno.test("20,000 tiny calls are sent in few batches, and both workers end together", () => {
  const run = simulate(new Array(20_000).fill(0.0002), 2);
  assert(run.sizes.length < 50, `${run.sizes.length} batches`);
  assert(idleShare(run) < 0.05, `${idleShare(run)} idle`);
});

Deno.test("calls of 10 ms are sent one at a time", () => {
  const run = simulate(new Array(100).fill(10), 2);
  assertEquals(Math.max(...run.sizes), 1);
});

Deno.test("calls of every duration leave no worker idle for long", () => {
  for (const ms of [0.001, 0.01, 0.1, 1]) {
    for (const nJobs of [2, 4, 8]) {
      const run = simulate(new Array(2000).fill(ms), nJobs);
      const waste = Math.max(...run.ends) - Math.min(...run.ends);
      assert(waste < 0.25 + 2 * ms, `${waste} ms idle after calls of ${ms} ms, ${nJobs} workers`);
    }
  }
});

Deno.test("calls that become longer are not sent in batches of the old size again", () => {
  const durations = [...new Array(20_000).fill(0.0002), ...new Array(2000).fill(1)];
  const { sizes } = simulate(durations, 2);
  let sent = 0;
  const late = sizes.filter((size) => (sent += size) > 20_000 + 2 * 10_000 / 10);
  assert(Math.max(...late) <= 40, `${late}`);
});
