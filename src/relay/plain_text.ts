/**
 * What JSON carries as it is. The engine needs ten times as long to begin and end a structured clone as it needs to
 * write a short message as JSON, and longer for lists of numbers of any length.
 *
 * @module
 */

/** The longest text that is written as JSON, in characters: up to here it takes no longer than a clone of it. */
const MOST_TEXT = 256;

/** How much a list or a value adds to what is written, beside the characters of a text. */
const WEIGHT = 16;

/** How much is written as JSON at once: a text has an end, and each character may take six there. */
const MOST_WEIGHT = 2 ** 24;

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
 * Whether all values of some lists are {@linkcode isPlain}, and not too many.
 *
 * @param lists The lists, such as the arguments of calls.
 */
export function arePlain(lists: readonly (readonly unknown[])[]): boolean {
  let weight = 0;
  for (const list of lists) {
    weight += WEIGHT;
    for (const value of list) { // What a list leaves out is undefined here.
      if (!isPlain(value)) return false;
      weight += WEIGHT + (typeof value === "string" ? value.length : 0);
    }
    if (weight > MOST_WEIGHT) return false;
  }
  return true;
}

/** Whether the program has given all lists or objects a way of its own to be written: then JSON says what it likes. */
export function isJsonChanged(): boolean {
  return "toJSON" in LIST;
}

const LIST: readonly never[] = [];

/** As the engine has them: a task may put others in their place. */
const { parse, stringify } = JSON;

/**
 * Writes JSON.
 *
 * @param value What comes out of JSON as it went in; look at {@linkcode isJsonChanged} before.
 * @returns The text.
 */
export function writePlain(value: unknown): string {
  return stringify(value);
}

/**
 * Reads JSON.
 *
 * @param bytes JSON in UTF-8.
 * @returns The value.
 * @throws {SyntaxError} If the bytes are something else.
 */
export function readPlain(bytes: Uint8Array): unknown {
  return parse(decoder.decode(bytes));
}
