/**
 * The base class of handlers: what a logger hands its records to.
 *
 * @module
 */

import { type Filter, Filterer } from "./filter.ts";
import { Formatter, type FormatterLike, type RecordFormatter, toFormatter } from "./formatter.ts";
import { runHandling } from "./handling.ts";
import { escapeControls, escapeToOneLine } from "./text/control_characters.ts";
import { display } from "./text/inspect.ts";
import { type Level, LEVELS, parseLevel } from "./levels.ts";
import type { RecordOutcome } from "./outcome.ts";
import type { LogRecord } from "./record.ts";
import { writeAbove } from "./terminal/status_line.ts";

/** Options that every handler takes. */
export interface HandlerOptions {
  /**
   * A name to find it by: see `getHandlerByName`.
   *
   * @default undefined
   */
  name?: string;
  /**
   * Records below this level are not handled.
   *
   * @default "NOTSET"
   */
  level?: Level;
  /**
   * How records become text: a pattern such as "%(levelname)s %(message)s", a function, or a
   * formatter.
   *
   * @default "%(message)s"
   */
  formatter?: FormatterLike;
  /**
   * Filters that every record must pass which reaches this handler.
   *
   * @default []
   */
  filters?: readonly Filter[];
}

/**
 * A handler writes, keeps or sends records. Extend it and implement {@linkcode Handler.emit}; what
 * that throws is reported on stderr and never reaches the program that logged.
 *
 * The rules are those of Python's `logging.Handler`.
 *
 * @example
 * ```ts
 * import { getLogger, Handler, type LogRecord } from "@paralog/paralog/logging";
 *
 * class ListHandler extends Handler {
 *   readonly lines: string[] = [];
 *   override emit(record: LogRecord): void {
 *     this.lines.push(this.format(record));
 *   }
 * }
 * getLogger("app").addHandler(new ListHandler());
 * ```
 */
export abstract class Handler extends Filterer implements Disposable {
  /** The name to find it by, if it has one; `dictConfig` gives the name in the configuration. */
  name: string | undefined;
  #level: number;
  #formatter: RecordFormatter | undefined;
  #failures = 0;

  /**
   * Makes a handler.
   *
   * @param options The name, the level, the formatter and the filters.
   * @throws {RangeError} If there is no such level.
   * @throws {TypeError} If the formatter or a filter is none.
   */
  constructor(options: HandlerOptions = {}) {
    super();
    this.name = options.name;
    this.#level = parseLevel(options.level ?? LEVELS.NOTSET);
    if (options.formatter !== undefined) this.setFormatter(options.formatter);
    this.filters = options.filters ?? [];
  }

  /** The level below which records are not handled. */
  get level(): number {
    return this.#level;
  }

  /**
   * Sets the level below which records are not handled.
   *
   * @param level A name or a number.
   * @throws {RangeError} If there is no such level.
   */
  setLevel(level: Level): void {
    this.#level = parseLevel(level);
  }

  /** Whether it was told how records become text. */
  get hasFormatter(): boolean {
    return this.#formatter !== undefined;
  }

  /**
   * Sets how records become text.
   *
   * @param formatter A pattern, a function, or a formatter.
   * @throws {TypeError} If it is none of these.
   */
  setFormatter(formatter: FormatterLike): void {
    this.#formatter = toFormatter(formatter);
  }

  /**
   * Turns a record into text, as the formatter says; by default the message and its error.
   *
   * @param record The record.
   * @returns The text, without a newline at the end.
   */
  format(record: LogRecord): string {
    this.#formatter ??= new Formatter();
    return this.#formatter.format(record);
  }

  /**
   * Takes a record: runs the filters, then emits it. Never throws.
   *
   * As Python's `Handler.handle`, which returns the record or a false value, it says what became of the
   * record. Of an override in JavaScript that returns nothing it is assumed that it wrote the record.
   *
   * @param record The record; its level has been checked by the logger.
   * @returns "filtered" if a filter refused it, "dropped" if something threw and `handleError` was
   * called, otherwise "written": also if the handler keeps it, or takes time to write it.
   */
  handle(record: LogRecord): RecordOutcome {
    let passed: LogRecord | undefined;
    try {
      passed = this.filter(record);
      if (!passed) return "filtered";
      const emitting = passed;
      const emitted: unknown = runHandling(() => this.emit(emitting));
      // An async method may stand in for emit(); its failure must not end the program.
      if (emitted instanceof Promise) {
        emitted.catch((error) => this.handleError(emitting, error));
      }
      this.#failures = 0;
      return "written";
    } catch (error) {
      const reached = passed ?? this.stoppedAt(record); // What a filter took out stays out.
      runHandling(() => this.handleError(reached, error));
      return "dropped";
    }
  }

  /**
   * Writes, keeps or sends one record.
   *
   * @param record The record.
   */
  abstract emit(record: LogRecord): void;

  /**
   * Reports on stderr what went wrong with a record. Of a row of failures it reports the 1st, 10th,
   * 100th, … with their count, so that a full disk does not fill the terminal too. Override it to do
   * something else.
   *
   * @param record The record that could not be handled.
   * @param error What was thrown.
   */
  handleError(record: LogRecord, error: unknown): void {
    this.#failures++;
    if (!Number.isInteger(Math.log10(this.#failures))) return;
    const count = this.#failures === 1 ? "a record" : `${this.#failures} records in a row`;
    reportLoggingError(`${this.constructor.name} could not handle ${count}`, record, error);
  }

  /** Writes out what the handler still holds. May return a promise to wait for. */
  flush(): void | Promise<void> {}

  /** Flushes, and lets go of what was opened. May be called more than once. */
  close(): void | Promise<void> {
    return this.flush();
  }

  /** Closes the handler at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Reports on stderr that logging itself failed, for there is no logger left to report to. Not through
 * the console, which may be captured and become a record again.
 *
 * @param what What could not be done.
 * @param record The record that it was about.
 * @param error What was thrown.
 */
export function reportLoggingError(what: string, record: LogRecord, error: unknown): void {
  const reason = error instanceof Error ? error.stack ?? error.message : display(error);
  // It goes to a terminal, past all formatters.
  const line = escapeToOneLine(`${record.levelName}:${record.name}:${record.msg}`);
  const report = `--- Logging error ---\n${what}: ${escapeControls(reason)}\nThe record: ${line}\n`;
  try {
    writeAbove(Deno.stderr, report);
  } catch {
    // stderr is closed: there is nobody left to tell, and logging never ends the program.
  }
}
