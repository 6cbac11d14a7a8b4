/**
 * How much memory a process may use: the option `memoryLimit`.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";

/** With less, in megabytes, Deno does not come as far as the first task: measured, 8 are too few, 10 enough. */
const LEAST = 16;

/**
 * A terabyte; no machine has more for one heap. V8 counts in bytes, of 64 bits: measured, 2 ** 44 megabytes
 * wrap around to none, with which Deno does not start, and more to some other limit.
 */
const MOST = 2 ** 20;

/**
 * Checks the option `memoryLimit`.
 *
 * @param option What was given, in megabytes.
 * @returns It.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is no whole number, too little for Deno to start, or more than a terabyte.
 */
export function checkMemoryLimit(option: unknown): number | undefined {
  if (option === undefined) return undefined;
  if (typeof option !== "number") {
    throw new TypeError(`Cannot use ${inspect(option)} as memoryLimit: give a number of megabytes`);
  }
  if (Number.isSafeInteger(option) && option >= LEAST && option <= MOST) return option;
  throw new RangeError(
    `Cannot use ${option} as memoryLimit: give a whole number of megabytes from ${LEAST} to ${MOST}; ` +
      "Deno itself needs some",
  );
}
