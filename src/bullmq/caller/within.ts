/**
 * Waiting, but not for ever: an agent may be gone, and Redis out of reach.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/**
 * Waits until a promise is settled, or for so long.
 *
 * @param ms How long at most, in milliseconds.
 * @param promise What is waited for.
 * @returns Whether it is settled.
 */
export async function settledWithin(
  ms: number,
  promise: Promise<unknown> | undefined,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  const settled = Promise.resolve(promise).then(() => true, () => true);
  const isSettled = await Promise.race([settled, late]);
  clearTimeout(timer);
  return isSettled;
}
