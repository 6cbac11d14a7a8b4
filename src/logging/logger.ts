/**
 * Loggers. A logger is a name; what it does is up to the node of that name in the current realm. So
 * a logger kept in a module variable obeys the clean root of whatever task calls it.
 *
 * @module
 */

import type { Filter } from "./filter.ts";
import type { Handler } from "./handler.ts";
import { type Level, LEVELS, parseLevel } from "./levels.ts";
import type { LoggerNode } from "./logger_node.ts";
import type { LogRecord } from "./record.ts";
import type { StdHandler } from "./std_log.ts";

/**
 * A logger: the name under which a part of a program logs. Get one with `getLogger`; it can be kept
 * in a module variable and follows the current realm at each call.
 *
 * After the message come its arguments (Python's `%` rules), then fields as a plain object, and an
 * error; all are optional.
 *
 * @example
 * ```ts
 * import { getLogger } from "@paralog/paralog/logging";
 *
 * const log = getLogger("app.jobs");
 * log.warn("took %d ms for %s", 1200, "import", { jobId: 7 });
 * ```
 */
export class Logger {
  /** Its dotted name; "root" for the root. */
  readonly name: string;
  readonly #node: () => LoggerNode;

  /**
   * Loggers are made by `getLogger`.
   *
   * @param name The dotted name.
   * @param node Finds what the logger is in the current realm.
   */
  constructor(name: string, node: () => LoggerNode) {
    this.name = name;
    this.#node = node;
  }

  /** The number of its own level; 0 (NOTSET) where the parent's counts. */
  get level(): number {
    const node = this.#node();
    return node.level ?? node.effectiveLevel();
  }

  /** Whether records go on to the handlers of its parents. */
  get propagate(): boolean {
    return this.#node().propagate;
  }
  set propagate(propagate: boolean) {
    this.#node().propagate = propagate;
  }

  /** Whether the logger is switched off. */
  get disabled(): boolean {
    return this.#node().disabled;
  }
  set disabled(disabled: boolean) {
    this.#node().disabled = disabled;
  }

  /** The handlers, in the order they were added. */
  get handlers(): readonly Handler[] {
    return this.#node().handlers;
  }

  /** The filters, in the order they run. Assign a list to replace them all. */
  get filters(): readonly Filter[] {
    return this.#node().filters;
  }
  set filters(filters: readonly Filter[]) {
    this.#node().filters = filters;
  }

  /**
   * Sets its level.
   *
   * @param level A name or a number; "NOTSET" lets the parent's count.
   * @throws {RangeError} If there is no such level.
   */
  setLevel(level: Level): void {
    this.#node().level = parseLevel(level);
  }

  /**
   * The level that counts: its own, or that of the nearest parent which has one.
   *
   * @returns The number of the level.
   */
  getEffectiveLevel(): number {
    return this.#node().effectiveLevel();
  }

  /**
   * Whether a record of that level would be made.
   *
   * @param level A name or a number.
   * @returns Whether it is at or above the level that counts.
   * @throws {RangeError} If there is no such level.
   */
  isEnabledFor(level: Level): boolean {
    return this.#node().isEnabledFor(parseLevel(level));
  }

  /**
   * Adds a handler; one that is there already is not added twice.
   *
   * A handler of `@std/log` is set up, and again if it was closed with a realm and is used in another:
   * a file of mode "w" is emptied then.
   *
   * @param handler A handler of ours or of `@std/log`.
   * @throws {TypeError} If it is neither.
   */
  addHandler(handler: Handler | StdHandler): void {
    this.#node().addHandler(handler);
  }

  /**
   * Removes a handler, and does not close it; does nothing if it is not there.
   *
   * @param handler The same object that was added.
   */
  removeHandler(handler: Handler | StdHandler): void {
    this.#node().removeHandler(handler);
  }

  /**
   * Whether a record would find a handler, here or at a parent.
   *
   * @returns Whether there is one.
   */
  hasHandlers(): boolean {
    return this.#node().hasHandlers();
  }

  /**
   * Adds a filter, seen by records that are logged on this very logger.
   *
   * @param filter A function or an object with a method `filter`.
   * @throws {TypeError} If it is neither.
   */
  addFilter(filter: Filter): void {
    this.#node().addFilter(filter);
  }

  /**
   * Removes a filter; does nothing if it is not there.
   *
   * @param filter The same function or object that was added.
   */
  removeFilter(filter: Filter): void {
    this.#node().removeFilter(filter);
  }

  /**
   * Handles a record made elsewhere: runs the filters and calls the handlers, whatever its level.
   *
   * @param record The record.
   */
  handle(record: LogRecord): void {
    this.#node().handle(record);
  }

  /**
   * Logs at a level given by name or number.
   *
   * @param level The level.
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   * @throws {RangeError} If there is no such level.
   */
  log(level: Level, message: unknown, ...rest: unknown[]): void {
    this.#node().log(parseLevel(level), message, rest);
  }

  /**
   * Logs at DEBUG.
   *
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  debug(message: unknown, ...rest: unknown[]): void {
    this.#node().log(LEVELS.DEBUG, message, rest);
  }

  /**
   * Logs at INFO.
   *
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  info(message: unknown, ...rest: unknown[]): void {
    this.#node().log(LEVELS.INFO, message, rest);
  }

  /**
   * Logs at WARN.
   *
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  warn(message: unknown, ...rest: unknown[]): void {
    this.#node().log(LEVELS.WARN, message, rest);
  }

  /**
   * Logs at ERROR.
   *
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  error(message: unknown, ...rest: unknown[]): void {
    this.#node().log(LEVELS.ERROR, message, rest);
  }

  /**
   * Logs at CRITICAL.
   *
   * @param message The message, or a template for the arguments.
   * @param rest Its arguments, then fields and an error.
   */
  critical(message: unknown, ...rest: unknown[]): void {
    this.#node().log(LEVELS.CRITICAL, message, rest);
  }
}
