/**
 * Loggers with something to add to each record: fields of a connection, a prefix.
 *
 * @module
 */

import { display } from "./text/inspect.ts";
import { type Level, parseLevel } from "./levels.ts";
import { LogMethods } from "./log_methods.ts";
import { Beside, type Fields, type LogKeywords, makeMessage, splitKeywords } from "./message.ts";

/** What an adapter passes its calls to: a logger or another adapter. */
export interface AdaptedLogger {
  /** The dotted name of the logger. */
  readonly name: string;
  /** Whether a record of that level would be made. */
  isEnabledFor(level: Level): boolean;
  /** The number of the level that counts. */
  getEffectiveLevel(): number;
  /** Sets the level. */
  setLevel(level: Level): void;
  /** Whether a record would find a handler. */
  hasHandlers(): boolean;
  /** Logs. */
  log(level: Level, message: unknown, ...rest: unknown[]): void;
}

/** Options of {@linkcode LoggerAdapter}. */
export interface LoggerAdapterOptions {
  /**
   * Whether fields of a call are kept beside the adapter's; without it they are dropped, as in
   * Python.
   *
   * @default false
   */
  mergeExtra?: boolean;
}

/**
 * A logger that adds fields to every record. Extend it and override {@linkcode process} to change the
 * message too. Where plain fields will do, `logger.with(fields)` is shorter.
 *
 * Ported from CPython's `logging.LoggerAdapter`.
 *
 * @example
 * ```ts
 * import { getLogger, LoggerAdapter, type LogKeywords } from "@paralog/paralog/logging";
 *
 * class ConnectionLogger extends LoggerAdapter {
 *   override process(message: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
 *     return [`[${this.extra.id}] ${message}`, keywords];
 *   }
 * }
 * new ConnectionLogger(getLogger("app"), { id: 7 }).warn("took %d ms", 1200); // [7] took 1200 ms
 * ```
 */
export class LoggerAdapter extends LogMethods implements AdaptedLogger {
  /** What it passes its calls to. */
  readonly logger: AdaptedLogger;
  /** Whether fields of a call are kept beside the adapter's. */
  readonly mergeExtra: boolean;
  readonly #extra: () => Fields;

  /**
   * Makes an adapter.
   *
   * @param logger A logger, or another adapter.
   * @param extra The fields, or a function that is asked for them at each call; if it
   * throws, the field `extraError` says so.
   * @param options Whether a call's own fields are kept.
   * @throws {TypeError} If the logger or the fields are none.
   */
  constructor(
    logger: AdaptedLogger,
    extra: Fields | (() => Fields) = {},
    options: LoggerAdapterOptions = {},
  ) {
    super();
    if (typeof logger?.log !== "function" || typeof logger.isEnabledFor !== "function") {
      throw new TypeError("Cannot adapt what is no logger: give getLogger(name), or an adapter");
    }
    if (typeof extra !== "function" && (typeof extra !== "object" || extra === null)) {
      throw new TypeError(`Cannot add ${String(extra)} to records: give an object, or a function`);
    }
    this.logger = logger;
    this.#extra = typeof extra === "function" ? () => callSafely(extra) : () => extra;
    this.mergeExtra = options.mergeExtra ?? false;
  }

  /** The fields that it adds. */
  get extra(): Fields {
    return this.#extra();
  }

  /** The name of the logger. */
  get name(): string {
    return this.logger.name;
  }

  /**
   * Changes what is logged. By default it adds the adapter's fields.
   *
   * @param message The message or template, as it was given.
   * @param keywords What was logged beside it.
   * @returns Both as they shall be logged.
   */
  process(message: unknown, keywords: LogKeywords): [message: unknown, keywords: LogKeywords] {
    const extra = this.mergeExtra ? { ...this.extra, ...keywords.extra } : { ...this.extra };
    return [message, { ...keywords, extra }];
  }

  /**
   * An adapter that adds more fields, beside those of a call.
   *
   * @param fields The fields, or a function that is asked for them at each call.
   * @returns The adapter.
   */
  with(fields: Fields | (() => Fields)): LoggerAdapter {
    return new LoggerAdapter(this, fields, { mergeExtra: true });
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
    this.write(parseLevel(level), message, rest);
  }

  /**
   * Whether a record of that level would be made.
   *
   * @param level A name or a number.
   * @returns What the logger says.
   */
  isEnabledFor(level: Level): boolean {
    return this.logger.isEnabledFor(level);
  }

  /**
   * The level that counts for the logger.
   *
   * @returns The number of the level.
   */
  getEffectiveLevel(): number {
    return this.logger.getEffectiveLevel();
  }

  /**
   * Sets the level of the logger.
   *
   * @param level A name or a number.
   */
  setLevel(level: Level): void {
    this.logger.setLevel(level);
  }

  /**
   * Whether a record would find a handler.
   *
   * @returns What the logger says.
   */
  hasHandlers(): boolean {
    return this.logger.hasHandlers();
  }

  /** Passes a call on with what {@linkcode process} made of it. */
  protected override write(level: number, given: unknown, rest: readonly unknown[]): void {
    if (!this.logger.isEnabledFor(level)) return;
    const text = makeMessage(given);
    const { args, keywords } = splitKeywords(text, rest);
    const [message, changed] = this.process(text, keywords);
    this.logger.log(level, message, ...args, new Beside(changed));
  }
}

/** Logging does not throw at the program, also where the fields can't be had. */
function callSafely(extra: () => Fields): Fields {
  try {
    return extra();
  } catch (error) {
    return { extraError: display(error) };
  }
}
