/**
 * Formatters turn a record into text: patterns in Python's three styles, or a function as in
 * `@std/log`. Those for programs that read logs are in `formatters/`.
 *
 * @module
 */

import { escapeControls, escapeToOneLine } from "./text/control_characters.ts";
import { formatError, type SerializedError } from "./errors.ts";
import { display } from "./text/inspect.ts";
import { wantLocations } from "./location.ts";
import { parsePattern, type PatternField, type Style } from "./pattern.ts";
import type { LogRecord } from "./record.ts";
import { isLocationField, type RecordField, recordField } from "./record_fields.ts";
import { addMilliseconds, MSEC_FORMAT, TimeText } from "./text/time_text.ts";

/** A record as a formatter function sees it: with the names of `@std/log` beside our own. */
export interface FormatRecord extends LogRecord {
  /** The name of the logger, as `@std/log` calls it. */
  readonly loggerName: string;
  /** When it was logged, as `@std/log` calls it. */
  readonly datetime: Date;
}

/**
 * A formatter as a function, as in `@std/log`. The message and the name of the logger come with
 * control characters escaped, other than newline and tab; what else is written is up to the function.
 */
export type FormatterFunction = (record: FormatRecord) => string;

/** What turns records into text. */
export interface RecordFormatter {
  /**
   * Turns a record into text.
   *
   * @param record The record.
   * @returns One or more lines, without a newline at the end.
   */
  format(record: LogRecord): string;
}

/** A formatter: an object with a method `format`, a function, or a pattern such as "%(message)s". */
export type FormatterLike = RecordFormatter | FormatterFunction | string;

/**
 * Makes a formatter of what was given for one.
 *
 * @param formatter An object with a method `format`, a function, or a pattern.
 * @returns A formatter.
 * @throws {TypeError} If it is none of these, or a pattern that names no field.
 */
export function toFormatter(formatter: FormatterLike): RecordFormatter {
  if (typeof formatter === "string") return new Formatter(formatter);
  if (typeof formatter === "function") {
    return { format: (record) => formatter(toFormatRecord(record)) };
  }
  if (typeof formatter?.format === "function") return formatter;
  throw new TypeError(
    `Cannot use ${display(formatter)} as a formatter: write a pattern such as ` +
      '"%(levelname)s %(message)s", a function (record) => string, or an object with format(record)',
  );
}

/**
 * A record with the names of `@std/log` beside our own, and no control characters in its message.
 *
 * @param record The record.
 * @returns A copy with `loggerName` and `datetime`.
 */
export function toFormatRecord(record: LogRecord): FormatRecord {
  const name = escapeControls(record.name);
  const msg = escapeControls(record.msg);
  return { ...record, name, msg, loggerName: name, datetime: new Date(record.time) };
}

/** Options of {@linkcode Formatter}. */
export interface FormatterOptions {
  /**
   * How fields are written in the pattern: `%(name)s`, `{name}` or `$name`.
   *
   * @default "%"
   */
  style?: Style;
  /**
   * How `asctime` is written, in codes of C's `strftime`, such as "%d.%m.%Y %H:%M:%S".
   *
   * @default "%Y-%m-%d %H:%M:%S" and the milliseconds
   */
  datefmt?: string;
  /**
   * Whether a pattern that can't be read, or names no field, is refused. Otherwise what can't be read
   * stays as text.
   *
   * @default true
   */
  validate?: boolean;
  /**
   * Values of fields that a record has not.
   *
   * @default {}
   */
  defaults?: Readonly<Record<string, unknown>>;
  /**
   * Whether `asctime` is written in UTC, and not in the time zone of the machine.
   *
   * @default false
   */
  utc?: boolean;
  /**
   * Whether a record is exactly one line: newlines and tabs in what was logged are written as `\n`
   * and `\t`, in the error and the stack that follow too.
   *
   * @default false
   */
  singleLine?: boolean;
}

/** A part of a pattern, ready to be written: literal text, or what writes a field of a record. */
type Piece = string | ((record: LogRecord) => string);

/**
 * Formats records by a pattern, such as `%(asctime)s %(levelname)-8s %(name)s %(message)s`. An error
 * logged with the record follows on lines of its own, with its causes; then a stack.
 *
 * Fields are those of Python: `args`, `asctime` (local time, `2026-11-21 10:00:00,123`), `created`
 * (seconds), `exc_info`, `exc_text`, `filename`, `funcName`, `levelname`, `levelno`, `lineno`,
 * `message`, `module`, `msecs`, `msg`, `name`, `pathname`, `process`, `processName`,
 * `relativeCreated` (ms), `stack_info`, `taskName`, `thread` and `threadName`; `seq`, `taskIndex` and
 * `attempt`; and every field that was logged beside the message.
 *
 * Control characters in what was logged, other than newline and tab, are written as `\x1b`: a
 * message can't clear the terminal or hide a line. The text of the pattern stays as it is.
 *
 * Ported from CPython's `logging.Formatter`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, Formatter, getLogger } from "@paralog/paralog/logging";
 *
 * const formatter = new Formatter("{asctime} {levelname:8} {message}", {
 *   style: "{",
 *   datefmt: "%H:%M:%S",
 * });
 * getLogger("app").addHandler(new ConsoleHandler({ formatter }));
 * ```
 */
export class Formatter implements RecordFormatter {
  /** How `asctime` is written up to the second where no `datefmt` is given; override it. */
  defaultTimeFormat = "%Y-%m-%d %H:%M:%S";
  /**
   * How milliseconds are added where no `datefmt` is given: `%s` is the time, `%03d` are they. Override
   * it; `undefined` leaves them out.
   */
  defaultMsecFormat: string | undefined = MSEC_FORMAT;
  /** How `asctime` is written, if that was given. */
  readonly datefmt: string | undefined;
  /** Whether the pattern names a field that says where a record was logged, such as `lineno`. */
  readonly usesLocation: boolean;
  readonly #usesTime: boolean;
  readonly #pieces: readonly Piece[];
  readonly #defaults: Readonly<Record<string, unknown>>;
  readonly #time: TimeText;
  readonly #escape: (text: string) => string;
  /** What stands between the line and the error that follows it. */
  readonly #separator: string;

  /**
   * Makes a formatter.
   *
   * @param pattern The pattern; the message alone by default.
   * @param options The style, the format of times, and more.
   * @throws {TypeError} If the pattern can't be read, or names no field: then every line would be the
   *   same.
   * @throws {RangeError} If there is no such style.
   */
  constructor(pattern?: string, options: FormatterOptions = {}) {
    const { style = "%", datefmt, validate = true, defaults = {}, singleLine = false } = options;
    if (datefmt !== undefined && typeof datefmt !== "string") {
      throw new TypeError(
        `Cannot write times as ${display(datefmt)}: write codes such as "%Y-%m-%d %H:%M:%S"`,
      );
    }
    this.datefmt = datefmt;
    this.#defaults = defaults;
    this.#time = new TimeText(options.utc ?? false);
    this.#escape = singleLine ? escapeToOneLine : escapeControls;
    this.#separator = singleLine ? "\\n" : "\n";
    const parts = parsePattern(pattern, style, validate);
    const names = parts.map((part) => typeof part === "string" ? "" : part.name);
    this.usesLocation = names.some(isLocationField);
    if (this.usesLocation) wantLocations();
    this.#usesTime = names.includes("asctime");
    this.#pieces = parts.map((part) => typeof part === "string" ? part : this.#prepare(part));
  }

  /**
   * Turns a record into text.
   *
   * @param record The record.
   * @returns The line; an error and a stack follow on lines of their own.
   * @throws {RangeError} If the pattern names a field that neither the record nor the defaults have.
   * @throws {TypeError} If a value does not fit, such as a word for `%d`.
   */
  format(record: LogRecord): string {
    let text = this.formatMessage(record);
    if (record.error) text = this.#append(text, this.formatException(record.error));
    if (record.stack) text = this.#append(text, this.formatStack(record.stack));
    return text;
  }

  /**
   * Writes the line of a record, without its error and stack; override it to change that alone.
   *
   * @param record The record.
   * @returns The line.
   */
  formatMessage(record: LogRecord): string {
    let text = "";
    for (const piece of this.#pieces) text += typeof piece === "string" ? piece : piece(record);
    return text;
  }

  /**
   * Writes the time of a record; override it for what `datefmt` can't do.
   *
   * @param record The record.
   * @param datefmt Codes of C's `strftime`; without them, the default formats are taken.
   * @returns The time, such as `2026-11-21 10:00:00,123`.
   */
  formatTime(record: LogRecord, datefmt?: string): string {
    if (datefmt) return this.#time.write(datefmt, record.time);
    const text = this.#time.write(this.defaultTimeFormat, record.time);
    const format = this.defaultMsecFormat;
    return format ? addMilliseconds(format, text, record.time) : text;
  }

  /**
   * Writes the error that was logged with a record; override it for another format. Control characters
   * in it are escaped afterwards.
   *
   * @param error The error as data.
   * @returns Its stack, then its causes.
   */
  formatException(error: SerializedError): string {
    return formatError(error);
  }

  /**
   * Writes the stack that was logged with a record; override it for another format. Control characters
   * in it are escaped afterwards.
   *
   * @param stack The stack.
   * @returns The same.
   */
  formatStack(stack: string): string {
    return stack;
  }

  /**
   * Tells whether the pattern names `asctime`.
   *
   * @returns Whether it does.
   */
  usesTime(): boolean {
    return this.#usesTime;
  }

  #append(text: string, more: string): string {
    const separator = this.#separator;
    return (text.endsWith(separator) ? text : text + separator) + this.#escape(more);
  }

  /** Finds out once what can be known of a field before there is a record. */
  #prepare(field: PatternField): (record: LogRecord) => string {
    const { name } = field;
    if (name === "asctime") {
      return (record) => {
        const text = this.formatTime(record, this.datefmt);
        return field.isPlain ? text : field.write(text, false);
      };
    }
    const known = recordField(name);
    if (known && !known.yieldsToExtra) {
      return (record) => this.#writeKnown(field, known, record);
    }
    return (record) => {
      const { extra } = record;
      if (extra && Object.hasOwn(extra, name)) return this.#write(field, extra[name]);
      if (known) return this.#writeKnown(field, known, record);
      if (Object.hasOwn(this.#defaults, name)) {
        return this.#write(field, this.#defaults[name]);
      }
      throw new RangeError(
        `Cannot write ${field.source}: the record has no field "${name}"; log it beside the ` +
          `message as { ${name}: … }, give it in the formatter's defaults, or take it out of the ` +
          "pattern",
      );
    };
  }

  #writeKnown(field: PatternField, known: RecordField, record: LogRecord): string {
    const value = known.read(record);
    if (value === undefined) return field.writeInstead("-"); // A task's field, outside of tasks.
    return this.#write(field, value, known.isFloat);
  }

  #write(field: PatternField, value: unknown, isFloat = false): string {
    if (typeof value === "string" && field.isPlain) return this.#escape(value);
    const text = field.write(value, isFloat);
    return typeof value === "number" ? text : this.#escape(text);
  }
}
