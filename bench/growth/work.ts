/**
 * What all programs of the figure of growth do: many calls of `x => x + 1`, timed.
 *
 * @module
 */

import process from "node:process";

/** What a program is told to do. */
export interface GrowthInput {
  /** How many calls a run has. */
  readonly size: number;
  /** How many runs are timed. */
  readonly runs: number;
  /** How many calls each of the runs has that come before, to start the workers and to warm up. */
  readonly warmUp: number;
}

/** What a program prints: medians of its runs. */
export interface GrowthOutput {
  /** From the first call to the last result, in milliseconds. */
  readonly ms: number;
  /** What all threads and processes computed meanwhile, in milliseconds of a core. */
  readonly cpu: number;
}

/** They are the same for all sizes, so that all are equally warm. */
const WARM_UPS = 5;

/**
 * Runs the work, and times it.
 *
 * @param input How much of it.
 * @param run Adds one to each of some numbers.
 * @returns How long it took.
 * @throws {Error} If a result is missing or wrong.
 */
export async function timeRuns(
  { size, runs, warmUp }: GrowthInput,
  run: (numbers: number[]) => Promise<readonly number[]>,
): Promise<GrowthOutput> {
  for (let i = 0; i < WARM_UPS; i++) checkResults(await run(numbersTo(warmUp)), warmUp);
  const timed: GrowthOutput[] = [];
  for (let i = 0; i < runs; i++) {
    const numbers = numbersTo(size);
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    const results = await run(numbers);
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    timed.push({ ms, cpu: (user + system) / 1000 });
    checkResults(results, size);
  }
  return { ms: medianOf(timed, "ms"), cpu: medianOf(timed, "cpu") };
}

/**
 * Checks that each number has become one more.
 *
 * @param results What a run has given.
 * @param size How many calls it had.
 * @throws {Error} If a result is missing or wrong.
 */
export function checkResults(results: readonly number[], size: number): void {
  if (results.length !== size) throw new Error(`${results.length} results of ${size} calls`);
  for (let i = 0; i < size; i++) {
    if (results[i] !== i + 1) throw new Error(`call ${i} resulted in ${results[i]}`);
  }
}

function numbersTo(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function medianOf(timed: readonly GrowthOutput[], key: keyof GrowthOutput): number {
  const sorted = timed.map((each) => each[key]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
