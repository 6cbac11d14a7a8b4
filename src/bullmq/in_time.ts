/**
 * Waiting, but not for ever: an agent may be gone, and Redis out of reach.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/**
 * Waits for a promise, for so long.
 *
 * @param ms How long at most, in milliseconds.
 * @param promise What is waited for.
 * @returns What it results in; `undefined` if that did not come in time.
 * @throws What it is rejected with in time.
 */
export async function inTime<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits until a promise is settled, for so long.
 *
 * @param ms How long at most, in milliseconds.
 * @param promise What is waited for; nothing, where there is nothing to wait for.
 * @returns Whether it is settled.
 */
export async function isSettledInTime(
  ms: number,
  promise: Promise<unknown> | undefined,
): Promise<boolean> {
  const settled = Promise.resolve(promise).then(() => true, () => true);
  return await inTime(ms, settled) ?? false;
}
