/**
 * The times of records as text. Records come close to each other, so the text of a second is kept
 * until the next one.
 *
 * @module
 */

import { convert, parseTemplate } from "./percent.ts";
import { cutAtMicroseconds, strftime } from "./strftime.ts";

/** Python's `Formatter.default_msec_format`. */
export const MSEC_FORMAT = "%s,%03d";

/** Writes times; keeps the text of the last second. */
export class TimeText {
  readonly #isUtc: boolean;
  #format = "";
  #second = NaN;
  /** The codes for microseconds, which differ within a second. */
  #codes: readonly string[] = [];
  /** The text of the second before, between and after these codes. */
  #texts: readonly string[] = [""];

  /**
   * Makes a writer of times.
   *
   * @param isUtc Whether times are written in UTC, and not in the time zone of the machine.
   */
  constructor(isUtc: boolean) {
    this.#isUtc = isUtc;
  }

  /**
   * Writes a time.
   *
   * @param format The text with codes of C's `strftime`.
   * @param time Milliseconds since 1970 (UTC), with a fraction.
   * @returns The text.
   */
  write(format: string, time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second || format !== this.#format) this.#keep(format, second);
    let text = this.#texts[0] ?? "";
    for (const [index, code] of this.#codes.entries()) {
      text += strftime(code, time, { utc: true }) + this.#texts[index + 1];
    }
    return text;
  }

  #keep(format: string, second: number): void {
    const parts = cutAtMicroseconds(format);
    this.#codes = parts.filter((_, index) => index % 2 === 1);
    this.#texts = parts.filter((_, index) => index % 2 === 0)
      .map((part) => strftime(part, second * 1000, { utc: this.#isUtc }));
    this.#format = format;
    this.#second = second;
  }
}

/**
 * Adds the milliseconds to a time, as Python's `Formatter.formatTime` does.
 *
 * @param format Where they stand: `%s,%03d` takes the text, then the milliseconds.
 * @param text The time up to the second.
 * @param time Milliseconds since 1970 (UTC), with a fraction.
 * @returns The text, such as `2026-11-21 10:00:00,123`.
 */
export function addMilliseconds(format: string, text: string, time: number): string {
  const milliseconds = Math.floor(time - Math.floor(time / 1000) * 1000);
  if (format === MSEC_FORMAT) return `${text},${String(milliseconds).padStart(3, "0")}`;
  const values = [text, milliseconds].values();
  return parseTemplate(format)
    .map((part) => typeof part === "string" ? part : convert(part, nextOf(part.type, values)))
    .join("");
}

function nextOf(type: string, values: Iterator<unknown>): unknown {
  return type === "%" ? undefined : values.next().value;
}
