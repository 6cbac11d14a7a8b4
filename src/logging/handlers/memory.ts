/**
 * The handler that keeps records in memory and hands them on together.
 *
 * @module
 */

import { Handler, type HandlerOptions, reportLoggingError } from "../handler.ts";
import { inspect } from "../text/inspect.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { checkWhole } from "../check_option.ts";

/** Options of {@linkcode MemoryHandler}. */
export interface MemoryHandlerOptions extends HandlerOptions {
  /**
   * A record at or above this level hands all records on.
   *
   * @default "ERROR"
   */
  flushLevel?: Level;
  /**
   * The handler that gets the records. Without one the newest `capacity` of them are kept until
   * `setTarget` names one; older ones are dropped, and counted.
   *
   * @default undefined
   */
  target?: Handler;
  /**
   * Whether records that are kept are handed on when the handler is closed; otherwise they are dropped.
   *
   * @default true
   */
  flushOnClose?: boolean;
}

/**
 * Keeps records, and hands them on to a target when there are `capacity` of them, when one is at or
 * above `flushLevel`, and when it is flushed or closed. As in Python the target's filters are run, and
 * its level is not looked at.
 *
 * Flushing it flushes the target too, and closing it closes the target, which opens again when it is
 * used again.
 *
 * Without a target it keeps the newest `capacity` records. How many it had to drop, also when it was
 * closed, is reported on stderr once: when records are handed on again, or when it is closed.
 *
 * Ported from CPython's `logging.handlers.MemoryHandler`, which keeps all without a target.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, MemoryHandler } from "@paralog/paralog/logging";
 *
 * getLogger("app").addHandler(new MemoryHandler(100, { target: new ConsoleHandler() }));
 * getLogger("app").warn("kept");
 * getLogger("app").error("now both are written");
 * ```
 */
export class MemoryHandler extends Handler {
  /** How many records are handed on together. */
  readonly capacity: number;
  /** Whether records that are kept are handed on when the handler is closed. */
  readonly flushOnClose: boolean;
  readonly #flushLevel: number;
  #target: Handler | undefined;
  #buffer: LogRecord[] = [];
  /** How many records were dropped for want of a target, and the last of them. */
  #dropped = 0;
  #lastDropped: LogRecord | undefined;

  /**
   * Makes a handler.
   *
   * @param capacity How many records are handed on together; with 0 each at once.
   * @param options The target, when to hand on, and what every handler takes.
   * @throws {TypeError} If the capacity is no number, or the target no handler.
   * @throws {RangeError} If the capacity is no whole number from 0, or there is no such level.
   */
  constructor(capacity: number, options: MemoryHandlerOptions = {}) {
    super(options);
    this.capacity = checkWhole("capacity", capacity);
    this.flushOnClose = options.flushOnClose ?? true;
    this.#flushLevel = parseLevel(options.flushLevel ?? LEVELS.ERROR);
    this.setTarget(options.target);
  }

  /** The level at which all records are handed on. */
  get flushLevel(): number {
    return this.#flushLevel;
  }

  /** The handler that gets the records, if there is one. */
  get target(): Handler | undefined {
    return this.#target;
  }

  /** The records that are kept, the oldest first. */
  get buffer(): readonly LogRecord[] {
    return this.#buffer;
  }

  /**
   * Sets the handler that gets the records.
   *
   * @param target The handler; with none, records are kept.
   * @throws {TypeError} If it is no handler.
   */
  setTarget(target: Handler | undefined): void {
    this.#target = target === undefined ? undefined : checkTarget(target);
  }

  /** Keeps the record, and hands all of them on if it is time to. */
  override emit(record: LogRecord): void {
    this.#buffer.push(record);
    if (this.shouldFlush(record)) {
      this.flush()?.catch((error) => this.handleError(record, error));
    }
    if (this.#target) return;
    while (this.#buffer.length > this.capacity) this.#drop(this.#buffer.shift());
  }

  /**
   * Whether it is time to hand the records on; override it for a rule of your own.
   *
   * @param record The record that came last.
   * @returns Whether there are `capacity` records, or this one is at or above `flushLevel`.
   */
  shouldFlush(record: LogRecord): boolean {
    return this.#buffer.length >= this.capacity || record.level >= this.#flushLevel;
  }

  /** Hands the records on and flushes the target; without a target it does nothing. */
  override flush(): void | Promise<void> {
    const target = this.#target;
    if (!target) return;
    this.#reportDropped();
    const records = this.#buffer;
    this.#buffer = []; // Before they are handed on, for a target may log here itself.
    for (const record of records) target.handle(record);
    return target.flush();
  }

  /** Hands the records on or drops them, as `flushOnClose` says, and closes the target. */
  override close(): void | Promise<void> {
    const flushed = this.flushOnClose ? this.flush() : undefined;
    // With a target, what is still here was to be dropped.
    if (this.flushOnClose && !this.#target) {
      for (const record of this.#buffer) this.#drop(record);
    }
    this.#buffer = [];
    this.#reportDropped();
    const target = this.#target;
    return flushed ? flushed.then(() => target?.close()) : target?.close();
  }

  #drop(record: LogRecord | undefined): void {
    if (!record) return;
    this.#dropped++;
    this.#lastDropped = record;
  }

  #reportDropped(): void {
    const last = this.#lastDropped;
    if (!last) return;
    const count = this.#dropped === 1 ? "1 record was" : `${this.#dropped} records were`;
    this.#dropped = 0;
    this.#lastDropped = undefined;
    const text = `${count} dropped, for there was no target: give one as option target or ` +
      `with setTarget()`;
    reportLoggingError(`${this.constructor.name} lost records`, last, text);
  }
}

/**
 * Checks a handler that another one hands records on to.
 *
 * @param target What was given.
 * @returns The same.
 * @throws {TypeError} If it is no handler.
 */
export function checkTarget(target: unknown): Handler {
  if (target instanceof Handler) return target;
  throw new TypeError(
    `Cannot hand records on to ${inspect(target)}: give a handler that extends Handler`,
  );
}
