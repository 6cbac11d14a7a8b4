/**
 * Measuring calls one by one. All programs that are written in JavaScript share it, those of Node too.
 */

/**
 * Makes calls one after the other, and verifies each result.
 *
 * @param {import("./work.ts").AddOne} addOne Makes a call.
 * @param {import("./work.ts").LatencyInput} input How many calls.
 * @returns {Promise<import("./work.ts").LatencyOutput>} How long each took, in microseconds.
 * @throws {Error} If a result is wrong.
 */
export async function measureLatency(addOne, { warmUps, calls }) {
  const times = [];
  for (let x = 0; x < warmUps + calls; x++) {
    const start = performance.now();
    const result = await addOne(x);
    const us = (performance.now() - start) * 1000;
    if (result !== x + 1) throw new Error(`result ${x} is ${result}, expected ${x + 1}`);
    if (x >= warmUps) times.push(us);
  }
  return times;
}
