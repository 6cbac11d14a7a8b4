/**
 * Measuring runs of many calls. All programs that are written in JavaScript share it, those of Node too.
 */

import process from "node:process";

/** Fewer runs than these are neither a warm-up nor a measurement. */
const FEWEST_RUNS = 2;

/**
 * Runs the calls, and verifies all results of each run.
 *
 * @param {import("./work.ts").AddOneToEach} addOneToEach Makes the calls.
 * @param {import("./work.ts").CallsInput} input How many calls, and how often.
 * @param {() => number | undefined} childCpu What child processes have computed so far, in milliseconds.
 * @returns {Promise<import("./work.ts").CallsOutput>} What was measured.
 * @throws {Error} If a result is missing or wrong.
 */
export async function measureCalls(addOneToEach, { calls, atLeast }, childCpu = () => 0) {
  const numbers = Array.from({ length: calls }, (_, index) => index);
  const again = { numbers, atLeast: atLeast ?? 0, fewest: FEWEST_RUNS };
  if (atLeast !== undefined) await repeat(addOneToEach, again);
  const before = childCpu();
  const { runs, cpu } = await repeat(addOneToEach, atLeast === undefined ? { numbers } : again);
  const after = childCpu();
  if (before === undefined || after === undefined) return { runs };
  return { runs, cpu: cpu + after - before };
}

async function repeat(addOneToEach, { numbers, atLeast = 0, fewest = 1 }) {
  const runs = [];
  let [total, cpu] = [0, 0];
  while (runs.length < fewest || total < atLeast) {
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    const results = await addOneToEach(numbers);
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    checkResults(results, numbers);
    runs.push(ms);
    total += ms;
    cpu += (user + system) / 1000;
  }
  return { runs, cpu };
}

/**
 * Looks at each result.
 *
 * @param {readonly number[]} results What came back.
 * @param {readonly number[]} numbers What was sent.
 * @throws {Error} If a result is missing or wrong.
 */
export function checkResults(results, numbers) {
  if (results.length !== numbers.length) {
    throw new Error(`${results.length} results, expected ${numbers.length}`);
  }
  for (let i = 0; i < numbers.length; i++) {
    if (results[i] === numbers[i] + 1) continue;
    throw new Error(`result ${i} is ${results[i]}, expected ${numbers[i] + 1}`);
  }
}
