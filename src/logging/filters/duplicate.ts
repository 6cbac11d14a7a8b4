/**
 * The filter that drops a record which says the same as the one before it.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { withSuppressed } from "./suppressed.ts";

/** Options of {@linkcode DuplicateFilter}. */
export interface DuplicateFilterOptions {
  /**
   * For how long a record is not said again, in milliseconds; `Infinity` until another one comes.
   *
   * @default 5000
   */
  window?: number;
}

/**
 * Drops a record if the one before it had the same logger, level and message and passed less than
 * `window` milliseconds ago: of a message that comes again and again, one passes in each window. The
 * next record that passes carries the field `suppressed`: how many were dropped before it.
 *
 * The clock is the time of the records.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, DuplicateFilter } from "@paralog/paralog/logging";
 *
 * const handler = new ConsoleHandler({ filters: [new DuplicateFilter({ window: 60_000 })] });
 * ```
 */
export class DuplicateFilter implements FilterObject {
  /** For how long a record is not said again, in milliseconds. */
  readonly window: number;
  #last:
    | { name: string; level: number; msg: string; error: string | undefined; time: number }
    | undefined;
  #suppressed = 0;

  /**
   * Makes a filter.
   *
   * @param options For how long a record is not said again.
   * @throws {RangeError} If that is not above 0.
   */
  constructor(options: DuplicateFilterOptions = {}) {
    const { window = 5000 } = options;
    if (typeof window !== "number" || !(window > 0)) {
      throw new RangeError(
        `Cannot drop duplicates: current value of window is ${inspect(window)}, allowed are ` +
          "milliseconds above 0",
      );
    }
    this.window = window;
  }

  /**
   * Looks at one record.
   *
   * @param record The record.
   * @returns `false` if it says the same again; otherwise the record, which says how many did.
   */
  filter(record: LogRecord): false | LogRecord {
    const { name, level, msg, time } = record;
    const error = record.error && `${record.error.name}: ${record.error.message}`;
    const last = this.#last;
    if (
      last && last.name === name && last.level === level && last.msg === msg &&
      last.error === error
    ) {
      // Negative where the clock was set back, or records of workers come out of order.
      if (Math.abs(time - last.time) < this.window) {
        this.#suppressed++;
        return false;
      }
    }
    this.#last = { name, level, msg, error, time };
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return withSuppressed(record, suppressed);
  }
}
