/**
 * The filter that passes the records of one logger and of those below it.
 *
 * @module
 */

import type { FilterObject } from "../filter.ts";
import { inspect } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";

/**
 * Passes records that were logged on a logger or on one below it: with "a.b", those of "a.b" and
 * "a.b.c", but not those of "a.bb".
 *
 * Ported from CPython's `logging.Filter`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, NameFilter } from "@paralog/paralog/logging";
 *
 * const handler = new ConsoleHandler({ filters: [new NameFilter("app.db")] });
 * ```
 */
export class NameFilter implements FilterObject {
  /** The name of the logger; "" passes all records. */
  readonly name: string;

  /**
   * Makes a filter.
   *
   * @param name The name of the logger; "" passes all records.
   * @throws {TypeError} If it is no text.
   */
  constructor(name = "") {
    if (typeof name !== "string") {
      throw new TypeError(`Cannot filter by name: current value is ${inspect(name)}, write a text`);
    }
    this.name = name;
  }

  /**
   * Looks at one record.
   *
   * @param record The record.
   * @returns Whether it passes.
   */
  filter(record: LogRecord): boolean {
    const { name } = this;
    if (name === "" || record.name === name) return true;
    return record.name.startsWith(name) && record.name.charAt(name.length) === ".";
  }
}
