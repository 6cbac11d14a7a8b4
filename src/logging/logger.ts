/**
 * Loggers. A logger is a name; what it does is up to the node of that name in the current realm. So
 * a logger kept in a module variable obeys the clean root of whatever task calls it.
 *
 * @module
 */

import { type AdaptedLogger, LoggerAdapter } from "./adapter.ts";
import type { Filter } from "./filter.ts";
import type { Handler } from "./handler.ts";
import { type Level, parseLevel } from "./levels.ts";
import { LogMethods } from "./log_methods.ts";
import type { LoggerNode } from "./realm/logger_node.ts";
import type { Fields } from "./message.ts";
import type { RecordOutcome } from "./outcome.ts";
import type { LogRecord } from "./record.ts";
import type { StdHandler } from "./std_log.ts";

/** Where a logger finds what it is, and its relatives. */
interface LoggerSource {
  /** What the logger is in the current realm. */
  readonly node: () => LoggerNode;
  /** The logger of another name. */
  readonly getLogger: (name: string) => Logger;
}

/**
 * A logger: the name under which a part of a program logs. Get one with `getLogger`; it can be kept
 * in a module variable and follows the current realm at each call.
 *
 * After the message come its arguments (Python's `%` rules), then fields as a plain object, and an
 * error; all are optional. `{ stackInfo: true }` among the fields adds the calls that led to the
 * record. A function in place of the message is called only if the record is made.
 *
 * @example
 * ```ts
 * import { getLogger } from "@paralog/paralog/logging";
 *
 * const log = getLogger("app.jobs");
 * log.warn("took %d ms for %s", 1200, "import", { jobId: 7 });
 * ```
 */
export class Logger extends LogMethods implements AdaptedLogger {
  /** Its dotted name; "root" for the root. */
  readonly name: string;
  readonly #find: () => LoggerNode;
  readonly #getLogger: (name: string) => Logger;

  /**
   * Loggers are made by `getLogger`; subclasses pass on what they are given.
   *
   * @param name The dotted name.
   * @param source Where it finds what it is in the current realm.
   */
  constructor(name: string, source: LoggerSource) {
    super();
    this.name = name;
    this.#find = source.node;
    this.#getLogger = source.getLogger;
  }

  /** The number of its own level; 0 (NOTSET) where the parent's counts. */
  get level(): number {
    const node = this.#find();
    return node.level ?? node.effectiveLevel(); // A task's root without a level has its caller's.
  }

  /** Whether records go on to the handlers of its parents. */
  get propagate(): boolean {
    return this.#find().propagate;
  }
  set propagate(propagate: boolean) {
    this.#find().propagate = propagate;
  }

  /** Whether the logger is switched off. */
  get disabled(): boolean {
    return this.#find().disabled;
  }
  set disabled(disabled: boolean) {
    this.#find().disabled = disabled;
  }

  /** The handlers, in the order they were added. */
  get handlers(): readonly Handler[] {
    return this.#find().handlers;
  }

  /** The filters, in the order they run. Assign a list to replace them all. */
  get filters(): readonly Filter[] {
    return this.#find().filters;
  }
  set filters(filters: readonly Filter[]) {
    this.#find().filters = filters;
  }

  /**
   * A logger below this one.
   *
   * @param suffix The rest of the name: `getLogger("a").getChild("b.c")` is `getLogger("a.b.c")`.
   * @returns The logger.
   */
  getChild(suffix: string): Logger {
    return this.#getLogger(this.#find().parent ? `${this.name}.${suffix}` : suffix);
  }

  /**
   * The loggers directly below this one that are in use in the current realm.
   *
   * @returns The loggers, by when they were first asked for.
   */
  getChildren(): Logger[] {
    return this.#find().children().map(({ name }) => this.#getLogger(name));
  }

  /**
   * Sets its level.
   *
   * @param level A name or a number; "NOTSET" lets the parent's count.
   * @throws {RangeError} If there is no such level.
   */
  setLevel(level: Level): void {
    this.#find().level = parseLevel(level);
  }

  /**
   * The level that counts: its own, or that of the nearest parent which has one.
   *
   * @returns The number of the level.
   */
  getEffectiveLevel(): number {
    return this.#find().effectiveLevel();
  }

  /**
   * Whether a record of that level would be made.
   *
   * @param level A name or a number.
   * @returns Whether it is at or above the level that counts.
   * @throws {RangeError} If there is no such level.
   */
  isEnabledFor(level: Level): boolean {
    return this.#find().isEnabledFor(parseLevel(level));
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
    this.#find().addHandler(handler);
  }

  /**
   * Removes a handler, and does not close it; does nothing if it is not there.
   *
   * @param handler The same object that was added.
   */
  removeHandler(handler: Handler | StdHandler): void {
    this.#find().removeHandler(handler);
  }

  /**
   * Whether a record would find a handler, here or at a parent.
   *
   * @returns Whether there is one.
   */
  hasHandlers(): boolean {
    return this.#find().hasHandlers();
  }

  /**
   * Adds a filter, seen by records that are logged on this very logger.
   *
   * @param filter A function or an object with a method `filter`.
   * @throws {TypeError} If it is neither.
   */
  addFilter(filter: Filter): void {
    this.#find().addFilter(filter);
  }

  /**
   * Removes a filter; does nothing if it is not there.
   *
   * @param filter The same function or object that was added.
   */
  removeFilter(filter: Filter): void {
    this.#find().removeFilter(filter);
  }

  /**
   * A logger that adds fields to every record, beside those of a call.
   *
   * @param fields The fields, or a function that is asked for them at each call.
   * @returns An adapter, which can be used like a logger.
   *
   * @example
   * ```ts
   * import { getLogger } from "@paralog/paralog/logging";
   *
   * const log = getLogger("app").with({ requestId: 7 });
   * log.warn("took %d ms", 1200, { cached: false }); // requestId and cached are both fields of it
   * ```
   */
  with(fields: Fields | (() => Fields)): LoggerAdapter {
    return new LoggerAdapter(this, fields, { mergeExtra: true });
  }

  /**
   * Handles a record made elsewhere: runs the filters and calls the handlers, whatever its level.
   *
   * @param record The record.
   * @returns What became of it: "written" if any handler took it.
   */
  handle(record: LogRecord): RecordOutcome {
    return this.#find().handle(record);
  }

  /**
   * Logs at a level given by name or number.
   *
   * @param level The level.
   * @param message The message, a template for the arguments, or a function that makes the message.
   * @param rest Its arguments, then fields and an error.
   * @throws {RangeError} If there is no such level.
   */
  log(level: Level, message: unknown, ...rest: unknown[]): void {
    this.write(parseLevel(level), message, rest);
  }

  /** Logs at a level that has been checked. */
  protected override write(level: number, message: unknown, rest: readonly unknown[]): void {
    this.#find().log(level, message, rest);
  }
}
