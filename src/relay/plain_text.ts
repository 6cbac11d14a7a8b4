/**
 * What JSON carries as it is. The engine needs ten times as long to begin and end a structured clone as it needs to
 * write a short message as JSON, and longer for lists of numbers and texts of any length.
 *
 * @module
 */

/** The longest text that is written as JSON, in characters: a clone copies the bytes of longer ones. */
const MOST_TEXT = 1024;

const decoder = new TextDecoder();

/**
 * Whether a value is a primitive that comes out of JSON as it went in, and is not long.
 *
 * @param value Any value.
 */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return value.length <= MOST_TEXT;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "boolean":
      return true;
    default:
      return value === null;
  }
}

/**
 * Whether all values of some lists are {@linkcode isPlain}.
 *
 * @param lists The lists, such as the arguments of calls.
 */
export function arePlain(lists: readonly (readonly unknown[])[]): boolean {
  return lists.every((list) => list.every(isPlain));
}

/**
 * Reads JSON.
 *
 * @param bytes JSON in UTF-8.
 * @returns The value.
 * @throws {SyntaxError} If the bytes are something else.
 */
export function readPlain(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes));
}
