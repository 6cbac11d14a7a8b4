/**
 * The filter that passes so many records in a time.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { withSuppressed } from "./suppressed.ts";

/** Options of {@linkcode RateLimitFilter}. */
export interface RateLimitFilterOptions {
  /** How many records pass in an interval, at most. */
  limit: number;
  /** The length of an interval, in milliseconds. */
  interval: number;
  /**
   * Which records are counted together: those for which it gives the same text.
   *
   * @default those of the same logger and level
   */
  key?: (record: LogRecord) => string;
}

/** What has passed of the records that are counted together. */
interface Passed {
  /** When the last ones passed, as many as the limit; the oldest is replaced next. */
  readonly times: number[];
  oldest: number;
  suppressed: number;
}

/** With more keys than this, those without news are forgotten. */
const MANY_KEYS = 1000;

/**
 * Passes no more than `limit` records in any `interval` milliseconds, counted by logger and level, so
 * that a flood of debugging hides no error. The first record that passes again carries the field
 * `suppressed`: how many were held back before it.
 *
 * The clock is the time of the records.
 *
 * @example
 * ```ts
 * import { getLogger, RateLimitFilter } from "@paralog/paralog/logging";
 *
 * getLogger("app.retries").addFilter(new RateLimitFilter({ limit: 10, interval: 60_000 }));
 * ```
 */
export class RateLimitFilter implements FilterObject {
  /** How many records pass in an interval, at most. */
  readonly limit: number;
  /** The length of an interval, in milliseconds. */
  readonly interval: number;
  readonly #key: (record: LogRecord) => string;
  readonly #passed = new Map<string, Passed>();
  #many = MANY_KEYS;

  /**
   * Makes a filter.
   *
   * @param options The limit, the interval, and what is counted together.
   * @throws {RangeError} If the limit is no whole number from 1, or the interval is not above 0.
   * @throws {TypeError} If the key is no function.
   */
  constructor(options: RateLimitFilterOptions) {
    const { limit, interval, key = loggerAndLevel } = options ?? {};
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(
        `Cannot limit records: current value of limit is ${inspect(limit)}, allowed are 1, 2, 3, …`,
      );
    }
    if (typeof interval !== "number" || !(interval > 0)) {
      throw new RangeError(
        `Cannot limit records: current value of interval is ${inspect(interval)}, allowed are ` +
          "milliseconds above 0",
      );
    }
    if (typeof key !== "function") {
      throw new TypeError(
        `Cannot limit records: current value of key is ${inspect(key)}, write a function ` +
          "(record) => string",
      );
    }
    this.limit = limit;
    this.interval = interval;
    this.#key = key;
  }

  /**
   * Looks at one record.
   *
   * @param record The record.
   * @returns `false` if it is one too many; otherwise the record, which says how many were.
   */
  filter(record: LogRecord): false | LogRecord {
    const passed = this.#passedOf(this.#key(record), record.time);
    const { times, oldest } = passed;
    if (times.length < this.limit) times.push(record.time);
    else {
      // Negative where the clock was set back: then it must not hold records back for hours.
      const age = record.time - (times[oldest] ?? 0);
      if (age > -this.interval && age < this.interval) {
        passed.suppressed++;
        return false;
      }
      times[oldest] = record.time;
      passed.oldest = (oldest + 1) % this.limit;
    }
    const { suppressed } = passed;
    passed.suppressed = 0;
    return withSuppressed(record, suppressed);
  }

  #passedOf(key: string, now: number): Passed {
    let passed = this.#passed.get(key);
    if (!passed) {
      if (this.#passed.size >= this.#many) this.#forget(now);
      passed = { times: [], oldest: 0, suppressed: 0 };
      this.#passed.set(key, passed);
    }
    return passed;
  }

  /** Forgets keys whose intervals are over; one that has to say what it held back stays. */
  #forget(now: number): void {
    for (const [key, { times, suppressed }] of this.#passed) {
      const isOver = times.every((time) => now - time >= this.interval);
      if (isOver && suppressed === 0) this.#passed.delete(key);
    }
    this.#many = Math.max(MANY_KEYS, this.#passed.size * 2); // Not again for every new key.
  }
}

function loggerAndLevel({ name, level }: LogRecord): string {
  return `${level} ${name}`;
}
