/**
 * Filters decide which records pass, and may hand on another record in place of one. Loggers and
 * handlers both have them. The rules are those of Python's `logging.Filter` and `Filterer`.
 *
 * @module
 */

import { isRecord, type LogRecord } from "./record.ts";
import { inspect } from "./text/inspect.ts";

/** What a filter says of a record: pass, drop, or go on with this one instead. */
export type FilterResult = boolean | LogRecord;

/** A filter as a function. */
export type FilterFunction = (record: LogRecord) => FilterResult;

/** A filter as an object. */
export interface FilterObject {
  /**
   * Looks at one record.
   *
   * @param record The record; it must not be changed. Return a copy to enrich it.
   * @returns `true` to pass it, `false` to drop it, or the record to go on with.
   */
  filter(record: LogRecord): FilterResult;
}

/** A filter: a function or an object with a method `filter`. */
export type Filter = FilterFunction | FilterObject;

/** What has filters: a logger or a handler. */
export class Filterer {
  #filters: readonly Filter[] = [];
  #stopped: { readonly from: LogRecord; readonly at: LogRecord } | undefined;

  /** The filters, in the order they run. Assign a list to replace them all. */
  get filters(): readonly Filter[] {
    return this.#filters;
  }
  set filters(filters: readonly Filter[]) {
    for (const filter of filters) checkFilter(filter);
    this.#filters = [...filters];
  }

  /**
   * Adds a filter; one that is there already is not added twice.
   *
   * @param filter A function or an object with a method `filter`.
   * @throws {TypeError} If it is neither.
   */
  addFilter(filter: Filter): void {
    checkFilter(filter);
    if (!this.#filters.includes(filter)) this.#filters = [...this.#filters, filter];
  }

  /**
   * Removes a filter; does nothing if it is not there.
   *
   * @param filter The same function or object that was added.
   */
  removeFilter(filter: Filter): void {
    this.#filters = this.#filters.filter((other) => other !== filter);
  }

  /**
   * Runs the filters on a record, each on what the one before it let pass.
   *
   * @param record The record.
   * @returns The record to go on with, or `undefined` if a filter dropped it.
   */
  filter(record: LogRecord): LogRecord | undefined {
    let passed = record;
    try {
      for (const filter of this.#filters) {
        const result = typeof filter === "function" ? filter(passed) : filter.filter(passed);
        if (!result) return undefined;
        if (result !== true) passed = checkResult(result) ?? passed;
      }
    } catch (error) {
      this.#stopped = { from: record, at: passed };
      throw error;
    }
    return passed;
  }

  /**
   * What had become of a record when a filter threw: for reports, which must not show what the filters
   * before had taken out.
   *
   * @param record The record that was given to {@linkcode filter}.
   * @returns The record as the filter that threw was given it.
   */
  protected stoppedAt(record: LogRecord): LogRecord {
    return this.#stopped?.from === record ? this.#stopped.at : record;
  }
}

/** JavaScript gets no types: as in Python, whatever is true passes, and a record replaces. */
function checkResult(result: unknown): LogRecord | undefined {
  if (result instanceof Promise) {
    throw new TypeError("Cannot wait for a filter: it returned a promise, make it synchronous");
  }
  return isRecord(result) ? result : undefined;
}

function checkFilter(filter: unknown): asserts filter is Filter {
  if (typeof filter === "function") return;
  if (
    typeof filter === "object" && filter !== null && "filter" in filter &&
    typeof filter.filter === "function"
  ) return;
  throw new TypeError(
    `Cannot use ${
      inspect(filter)
    } as a filter: write a function (record) => boolean, or an object with a ` +
      "method filter(record)",
  );
}

/**
 * Puts a text before every message, so that the lines of one task or component can be told apart.
 *
 * On a logger it is seen only by records logged on that very logger (Python's rule); on a handler,
 * by every record that reaches the handler.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger, PrefixFilter } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * getLogger().addFilter(new PrefixFilter("process=1 "));
 * getLogger().info("Done."); // INFO:root:process=1 Done.
 * ```
 */
export class PrefixFilter implements FilterObject {
  /** The text that is put before every message. */
  readonly prefix: string;

  /**
   * Makes a filter that prefixes.
   *
   * @param prefix The text, with the space or colon that should follow it.
   */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /**
   * Hands on the record with the prefix before its message.
   *
   * @param record The record; it stays as it is.
   * @returns A copy with the longer message.
   */
  filter(record: LogRecord): LogRecord {
    return { ...record, msg: this.prefix + record.msg };
  }
}
