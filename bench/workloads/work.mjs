// @ts-check
/**
 * What all programs of the workloads' figures share, those of Deno and those of Node: the functions that
 * are called, with what, and what must come out.
 *
 * @module
 */

/**
 * What a program is told.
 *
 * @typedef {object} WorkloadInput
 * @property {"compute" | "factorial" | "add"} kind Which function is called.
 * @property {number} calls How many calls.
 * @property {number} size How much work a call is: see the function.
 * @property {number} workers How many workers there are.
 * @property {number} [underWay] At most so many calls are under way at once; without it, all are handed
 * over at once.
 * @property {number} runs How often all of it is done with the same workers; the last time is measured.
 */

/**
 * What a program prints.
 *
 * @typedef {object} WorkloadOutput
 * @property {number} ms From the first call to the last result, in milliseconds, in the last run.
 * @property {number} cpu What all threads of the program computed meanwhile, in milliseconds of a core.
 * @property {number} [alone] What the same calls took in a loop in one thread of the program; of
 * `compute` only.
 */

/** How many steps of `compute` take about a millisecond, on the machine that they were counted on. */
export const STEPS_PER_MS = 900_000;

/**
 * Steps of arithmetic. They take a core the same time whatever else runs, which waiting for a clock would
 * not.
 *
 * @param {{ steps: number, seed: number }} argument How many steps, and where they begin.
 * @returns {number} Where they end.
 */
export function compute({ steps, seed }) {
  let x = seed;
  for (let i = 0; i < steps; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x >>> 0;
}

/**
 * What the benchmark of poolifier against other pools calls.
 *
 * @param {{ taskSize: number }} argument Of which number.
 * @returns {{ ok: number, factorial: bigint }} The factorial.
 */
export function factorial({ taskSize }) {
  let product = 1n;
  for (let i = 1n; i <= BigInt(taskSize); i++) product *= i;
  return { ok: 1, factorial: product };
}

/**
 * What piscina's benchmark calls.
 *
 * @param {{ a: number, b: number }} argument The summands.
 * @returns {number} The sum.
 */
export function add({ a, b }) {
  return a + b;
}

/** The functions by their names. */
export const FUNCTIONS = { compute, factorial, add };

/**
 * What `compute` is called with: each time something else.
 *
 * @param {WorkloadInput} input What is to be done.
 * @returns {{ steps: number, seed: number }[]} An argument for each call.
 */
export function computeArguments({ calls, size }) {
  return Array.from({ length: calls }, (_, seed) => ({ steps: size, seed }));
}

/**
 * What `factorial` is called with.
 *
 * @param {WorkloadInput} input What is to be done.
 * @returns {{ taskSize: number }[]} An argument for each call.
 */
export function factorialArguments({ calls, size }) {
  return Array.from({ length: calls }, () => ({ taskSize: size }));
}

/**
 * What `add` is called with.
 *
 * @param {WorkloadInput} input What is to be done.
 * @returns {{ a: number, b: number }[]} An argument for each call.
 */
export function addArguments({ calls }) {
  return Array.from({ length: calls }, () => ({ a: 4, b: 6 }));
}

/**
 * Compares results with those that are right.
 *
 * @param {readonly unknown[]} results What came out.
 * @param {readonly unknown[]} expected What is right.
 * @throws {Error} If one is wrong or missing.
 */
export function checkResults(results, expected) {
  if (results.length !== expected.length) {
    throw new Error(`${results.length} results, expected ${expected.length}`);
  }
  for (const [index, right] of expected.entries()) {
    const [found, wanted] = [valueOf(results[index]), valueOf(right)];
    if (found !== wanted) throw new Error(`result ${index} is ${found}, expected ${wanted}`);
  }
}

/** What can be compared with `===`. */
function valueOf(/** @type {unknown} */ result) {
  const isFactorial = typeof result === "object" && result !== null && "factorial" in result;
  return isFactorial ? result.factorial : result;
}

/**
 * Makes calls so that never more than some are under way: each that ends is followed by the next.
 *
 * @template A, R
 * @param {readonly A[]} list An argument for each call.
 * @param {number} underWay How many are under way at most.
 * @param {{ call: (argument: A, loop: number) => R | Promise<R> }} options Makes a call, and is told in
 * which of so many loops.
 * @returns {Promise<R[]>} The results, in the order of the list.
 */
export async function callInLoops(list, underWay, { call }) {
  /** @type {R[]} */
  const results = [];
  const entries = list.entries(); // All loops take from it.
  const run = async (/** @type {number} */ loop) => {
    for (const [index, argument] of entries) results[index] = await call(argument, loop);
  };
  await Promise.all(Array.from({ length: underWay }, (_, loop) => run(loop)));
  return results;
}
