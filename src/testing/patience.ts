/**
 * Waiting for what a test is about.
 *
 * @module
 */

/** How long anything may take before its test fails, in milliseconds. */
export const PATIENCE = 20_000;

/** How long something that nobody tells of is waited for before it is asked for again, in milliseconds. */
const PAUSE = 2;

/**
 * Waits for what a test is about, and fails when it does not come.
 *
 * @param promise What to wait for.
 * @param what What it is, for the error.
 * @param patience How long to wait, in milliseconds.
 * @returns What the promise results in.
 * @throws {Error} If it takes longer.
 */
export async function withPatience<T>(
  promise: Promise<T>,
  what: string,
  patience = PATIENCE,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Waited for ${what}: it did not come in ${patience} ms`)),
    patience,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for something that nobody tells of.
 *
 * @param isThere Whether it is there.
 * @param what What it is, for the error.
 * @throws {Error} If it takes too long.
 */
export async function untilTrue(
  isThere: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!await isThere()) {
    if (performance.now() > end) {
      throw new Error(`Waited for ${what}: it did not come in ${PATIENCE} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/**
 * Lets something go on while the test does other things; fails no other test if this one fails first.
 *
 * @param promise What goes on.
 * @returns The same.
 */
export function inBackground<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
