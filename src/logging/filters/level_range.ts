/**
 * The filter that passes the records of some levels.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";

/** Options of {@linkcode LevelRangeFilter}. */
export interface LevelRangeFilterOptions {
  /**
   * The lowest level that passes.
   *
   * @default "NOTSET"
   */
  min?: Level;
  /**
   * The highest level that passes.
   *
   * @default every level passes
   */
  max?: Level;
}

/**
 * Passes records from one level up to another, both included. A handler's own level has no upper end:
 * this filter keeps errors out of a file that is for debugging.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, LevelRangeFilter } from "@paralog/paralog/logging";
 *
 * const filters = [new LevelRangeFilter({ max: "INFO" })];
 * const handler = new ConsoleHandler({ stream: "stdout", filters });
 * ```
 */
export class LevelRangeFilter implements FilterObject {
  /** The number of the lowest level that passes. */
  readonly min: number;
  /** The number of the highest level that passes. */
  readonly max: number;

  /**
   * Makes a filter.
   *
   * @param options The lowest and the highest level.
   * @throws {RangeError} If there is no such level, or the lowest is above the highest.
   */
  constructor(options: LevelRangeFilterOptions = {}) {
    this.min = parseLevel(options.min ?? LEVELS.NOTSET);
    this.max = options.max === undefined ? Infinity : parseLevel(options.max);
    if (this.min > this.max) {
      throw new RangeError(
        `Cannot filter by level: current value of min is ${options.min}, allowed are levels up to ` +
          `max, which is ${options.max}`,
      );
    }
  }

  /**
   * Looks at one record.
   *
   * @param record The record.
   * @returns Whether it passes.
   */
  filter(record: LogRecord): boolean {
    return record.level >= this.min && record.level <= this.max;
  }
}
