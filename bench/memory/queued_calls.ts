/**
 * The program behind the rows of queued calls: two workers are held, and calls wait behind them.
 *
 * @module
 */

import { delayed, Parallel, type ParallelOptions, task } from "@paralog/paralog";
import { liveHeap } from "./heap.ts";

/** What the program is told. */
export interface QueuedInput {
  /** How many calls wait. */
  readonly calls: number;
  readonly preDispatch: ParallelOptions["preDispatch"];
}

/** What it prints: bytes in the heap of the caller, for all calls. */
export interface QueuedOutput {
  /** What the list of calls holds, which the program itself has made. */
  readonly made: number;
  /** What the run holds besides while the calls wait. */
  readonly queued: number;
}

const WORKERS = 2;

/** What a call results in that held a worker. */
const NOTHING = -1;

/** How many calls hold a worker, and whether they may end: places in shared memory. */
const [HELD, OPEN] = [0, 1];

/** Holds its worker until the gate is opened. */
export const hold = task(import.meta, function hold(gate: SharedArrayBuffer) {
  const cells = new Int32Array(gate);
  Atomics.add(cells, HELD, 1);
  Atomics.notify(cells, HELD);
  Atomics.wait(cells, OPEN, 0);
  return NOTHING;
});

export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});

async function main({ calls, preDispatch }: QueuedInput): Promise<QueuedOutput> {
  const backend = "workers";
  await using parallel = new Parallel(WORKERS, {
    backend,
    ...(preDispatch !== undefined && { preDispatch }),
  });
  await parallel.map(addOne, Array.from({ length: 10_000 }, (_, index) => index)); // To warm up.
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const before = await liveHeap();
  const list = [
    ...Array.from({ length: WORKERS }, () => delayed(hold)(cells.buffer)),
    ...Array.from({ length: calls }, (_, index) => delayed(addOne)(index)),
  ];
  const made = await liveHeap() - before;
  const run = parallel.run(list);
  await waitUntilHeld(cells);
  if (preDispatch === "all") checkWaiting(parallel.stats.calls.waiting, calls);
  const queued = await liveHeap() - before - made;
  Atomics.store(cells, OPEN, 1);
  Atomics.notify(cells, OPEN);
  checkResults(await run, calls);
  return { made, queued };
}

async function waitUntilHeld(cells: Int32Array<SharedArrayBuffer>): Promise<void> {
  for (let held = 0; (held = Atomics.load(cells, HELD)) < WORKERS;) {
    await Atomics.waitAsync(cells, HELD, held).value;
  }
}

function checkWaiting(waiting: number, calls: number): void {
  if (waiting !== calls) throw new Error(`${waiting} calls wait, expected ${calls}`);
}

/**
 * Checks what the run has given.
 *
 * @param results That of the calls that held the workers, then of those that waited.
 * @param calls How many waited.
 * @throws {Error} If a result is missing or wrong.
 */
export function checkResults(results: readonly number[], calls: number): void {
  const expected = WORKERS + calls;
  if (results.length !== expected) throw new Error(`${results.length} results, not ${expected}`);
  for (const [place, result] of results.entries()) {
    const right = place < WORKERS ? NOTHING : place - WORKERS + 1;
    if (result !== right) throw new Error(`call ${place} resulted in ${result}`);
  }
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
