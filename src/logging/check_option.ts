/**
 * Checking the options of handlers.
 *
 * @module
 */

import { inspect } from "./text/inspect.ts";

/**
 * Checks that an option is a whole number in its range.
 *
 * @param name What it is, such as "maxBytes".
 * @param value What was given.
 * @param min The smallest that is allowed.
 * @returns The number.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is not whole, too small or too large.
 */
export function checkWhole(name: string, value: unknown, min = 0): number {
  const allowed = `allowed are whole numbers from ${min}`;
  if (typeof value !== "number") {
    throw new TypeError(`Cannot set ${name}: current value is ${inspect(value)}, ${allowed}`);
  }
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`Cannot set ${name}: current value is ${value}, ${allowed}`);
  }
  return value;
}

/**
 * Checks what is written after each record.
 *
 * @param terminator What was given.
 * @returns The same.
 * @throws {TypeError} If it is no text.
 */
export function checkTerminator(terminator: unknown): string {
  if (typeof terminator === "string") return terminator;
  throw new TypeError(`Cannot end lines with ${inspect(terminator)}: write a text such as "\\n"`);
}
