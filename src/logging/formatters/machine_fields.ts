/**
 * What formatters for programs that read logs have in common: where fields stand that were logged
 * beside a message, and how times are written.
 *
 * @module
 */

import { display } from "../text/inspect.ts";
import type { Fields } from "../message.ts";

/**
 * Writes the fields that were logged beside a message, under names that hide none of the record's own.
 *
 * @param extra The fields that were logged.
 * @param own The names that the record's own fields have in the line.
 * @param write Writes one field; a name that is taken gets `extra.` before it.
 * @returns Their texts, one behind the other.
 */
export function writeFields(
  extra: Fields | undefined,
  own: ReadonlySet<string>,
  write: (name: string, value: unknown) => string,
): string {
  if (!extra) return "";
  let text = "";
  for (const key of Object.keys(extra)) {
    text += write(own.has(key) ? `extra.${key}` : key, read(extra, key));
  }
  return text;
}

/** The value of a field; the reason as text if its getter throws. */
function read(fields: Fields, key: string): unknown {
  try {
    return fields[key];
  } catch (error) {
    return `[${key} can't be read: ${display(error)}]`;
  }
}

/** Writes times in ISO 8601; keeps the text of the last millisecond. */
export class IsoTime {
  #millisecond = NaN;
  #text = "";

  /**
   * Writes a time. Never throws.
   *
   * @param time Milliseconds since 1970 (UTC), with a fraction.
   * @returns The time in UTC, such as `2026-11-21T09:00:00.123Z`; "Invalid Date" if there is none.
   */
  write(time: number): string {
    const millisecond = Math.floor(time);
    if (millisecond !== this.#millisecond) {
      const date = new Date(millisecond);
      if (Number.isNaN(date.getTime())) return "Invalid Date";
      this.#millisecond = millisecond;
      this.#text = date.toISOString();
    }
    return this.#text;
  }
}

/**
 * Writes what two values make, and keeps the text for as long as they stay the same: the names of
 * loggers, levels and processes recur. Without it a line of JSON takes an eighth longer
 * (bench/logging.ts).
 */
export class KeptText<A, B> {
  readonly #make: (first: A, second: B) => string;
  #first: A | undefined;
  #second: B | undefined;
  #text: string | undefined;

  /**
   * Keeps nothing yet.
   *
   * @param make Makes the text of two values, neither of them `undefined`.
   */
  constructor(make: (first: A, second: B) => string) {
    this.#make = make;
  }

  /**
   * Writes two values.
   *
   * @returns Their text.
   */
  write(first: A, second: B): string {
    if (this.#text === undefined || first !== this.#first || second !== this.#second) {
      this.#text = this.#make(first, second);
      this.#first = first;
      this.#second = second;
    }
    return this.#text;
  }
}
