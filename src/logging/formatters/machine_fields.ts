/**
 * What formatters for programs that read logs have in common: where fields stand that were logged
 * beside a message, and how times are written.
 *
 * @module
 */

import { display } from "../text/inspect.ts";
import type { Fields } from "../message.ts";

/**
 * The fields that were logged beside a message, under names that hide none of the record's own.
 *
 * @param extra The fields that were logged.
 * @param own The names that the record's own fields have in the line.
 * @returns Pairs of name and value; a name that is taken gets `extra.` before it.
 */
export function extraFields(
  extra: Fields | undefined,
  own: ReadonlySet<string>,
): readonly (readonly [name: string, value: unknown])[] {
  if (!extra) return NONE;
  return Object.keys(extra).map((key) => [own.has(key) ? `extra.${key}` : key, read(extra, key)]);
}

const NONE: readonly never[] = [];

/** The value of a field; the reason as text if its getter throws. */
function read(fields: Fields, key: string): unknown {
  try {
    return fields[key];
  } catch (error) {
    return `[${key} can't be read: ${display(error)}]`;
  }
}

/** Writes times in ISO 8601; keeps the text of the last second. */
export class IsoTime {
  #second = NaN;
  #text = "";

  /**
   * Writes a time. Never throws.
   *
   * @param time Milliseconds since 1970 (UTC), with a fraction.
   * @returns The time in UTC, such as `2026-11-21T09:00:00.123Z`; "Invalid Date" if there is none.
   */
  write(time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) {
      const date = new Date(second * 1000);
      if (Number.isNaN(date.getTime())) return "Invalid Date";
      this.#second = second;
      this.#text = date.toISOString().slice(0, -"000Z".length);
    }
    return `${this.#text}${String(Math.floor(time - second * 1000)).padStart(3, "0")}Z`;
  }
}
