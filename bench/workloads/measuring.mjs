// @ts-check
/**
 * Measuring a workload and verifying what came out, in Deno and in Node.
 *
 * @module
 */

import process from "node:process";
import {
  addArguments,
  checkResults,
  compute,
  computeArguments,
  factorial,
  factorialArguments,
} from "./work.mjs";

/** @typedef {import("./work.mjs").WorkloadInput} WorkloadInput */
/** @typedef {import("./work.mjs").WorkloadOutput} WorkloadOutput */

/**
 * Does the work as often as it is to be done, and verifies each result of each time.
 *
 * @param {WorkloadInput} input What is to be done.
 * @param {() => Promise<readonly unknown[]>} run Makes all calls once.
 * @returns {Promise<WorkloadOutput>} How long it took.
 * @throws {Error} If a result is wrong or missing.
 */
export async function measure(input, run) {
  const { expected, alone } = expectResults(input);
  let [ms, cpu] = [0, 0];
  for (let i = 0; i < input.runs; i++) {
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    const results = await run();
    ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpu = (user + system) / 1000;
    checkResults(results, expected);
  }
  return { ms, cpu, ...(alone !== undefined && { alone }) };
}

/** Computes what is right in a loop, and how long that took where it means something. */
function expectResults(/** @type {WorkloadInput} */ input) {
  switch (input.kind) {
    case "compute": {
      const list = computeArguments(input);
      for (const argument of list.slice(0, 3)) compute(argument); // V8 compiles it meanwhile.
      const start = performance.now();
      const expected = list.map(compute);
      return { expected, alone: performance.now() - start };
    }
    case "factorial": {
      const [first] = factorialArguments({ ...input, calls: 1 });
      return { expected: Array(input.calls).fill(first && factorial(first)) };
    }
    case "add":
      return { expected: addArguments(input).map(({ a, b }) => a + b) };
  }
}
