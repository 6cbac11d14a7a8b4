/**
 * The filter that passes a part of the records.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { inspect } from "../text/inspect.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";

/** Options of {@linkcode SamplingFilter}. */
export interface SamplingFilterOptions {
  /** Which part of the records passes, from 0 (none) to 1 (all). */
  rate: number;
  /**
   * Records from this level up always pass, and are not counted.
   *
   * @default "WARN"
   */
  keepLevel?: Level;
}

/** The golden ratio's fraction: no number's multiples lie more evenly between 0 and 1. */
const STEP = (Math.sqrt(5) - 1) / 2;

/**
 * Passes a part of the records, and all that are important.
 *
 * No chance is in it: the same records give the same sample, and the first one passes. Those that
 * pass are spread evenly (of 100 records at a rate of 0.1 there pass 10, give or take one), but not
 * at a fixed distance, which would always meet the same one of messages that take turns.
 *
 * @example
 * ```ts
 * import { getLogger, SamplingFilter } from "@paralog/paralog/logging";
 *
 * getLogger("app.requests").addFilter(new SamplingFilter({ rate: 0.01 }));
 * ```
 */
export class SamplingFilter implements FilterObject {
  /** Which part of the records passes. */
  readonly rate: number;
  /** The number of the level from which all records pass. */
  readonly keepLevel: number;
  /** Where between 0 and 1 the next record stands; it passes if that is below the rate. */
  #position = 0;

  /**
   * Makes a filter.
   *
   * @param options The rate, and what passes in any case.
   * @throws {RangeError} If the rate is no number from 0 to 1, or there is no such level.
   */
  constructor(options: SamplingFilterOptions) {
    const rate: unknown = options?.rate;
    if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) {
      throw new RangeError(
        `Cannot sample records: current value of rate is ${inspect(rate)}, allowed are numbers ` +
          "from 0 to 1",
      );
    }
    this.rate = rate;
    this.keepLevel = parseLevel(options.keepLevel ?? LEVELS.WARN);
  }

  /**
   * Looks at one record.
   *
   * @param record The record.
   * @returns Whether it passes.
   */
  filter(record: LogRecord): boolean {
    if (record.level >= this.keepLevel) return true;
    const passes = this.#position < this.rate;
    this.#position = (this.#position + STEP) % 1;
    return passes;
  }
}
