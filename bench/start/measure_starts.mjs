/**
 * Measuring starts. All programs that are written in JavaScript share it, those of Node too.
 */

/** What each worker answers. */
const EXPECTED = 2;

/**
 * Starts a pool or worker, waits for its first result, and ends it, again and again.
 *
 * @param {() => Promise<import("./work.ts").Started>} start Starts one, and waits for its result.
 * @param {import("./work.ts").StartInput} input How often.
 * @returns {Promise<import("./work.ts").StartOutput>} How long each took, in milliseconds.
 * @throws {Error} If a result is wrong.
 */
export async function measureStarts(start, { starts }) {
  const times = [];
  while (times.length < starts) {
    const before = performance.now();
    const { result, end } = await start();
    times.push(performance.now() - before);
    if (result !== EXPECTED) throw new Error(`the result is ${result}, expected ${EXPECTED}`);
    await end();
  }
  return times;
}
