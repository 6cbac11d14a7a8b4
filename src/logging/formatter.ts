/**
 * Formatters turn a record into text: Python's `%(name)s` patterns, a function as in `@std/log`, or
 * JSON lines.
 *
 * @module
 */

import { formatError, type SerializedError } from "./errors.ts";
import { display } from "./inspect.ts";
import { type Conversion, convert, parseTemplate, type Template } from "./percent.ts";
import type { LogRecord } from "./record.ts";

/** A record as a formatter function sees it: with the names of `@std/log` beside our own. */
export interface FormatRecord extends LogRecord {
  /** The name of the logger, as `@std/log` calls it. */
  readonly loggerName: string;
  /** When it was logged, as `@std/log` calls it. */
  readonly datetime: Date;
}

/** A formatter as a function, as in `@std/log`. */
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
 * A record with the names of `@std/log` beside our own.
 *
 * @param record The record.
 * @returns A copy with `loggerName` and `datetime`.
 */
export function toFormatRecord(record: LogRecord): FormatRecord {
  return { ...record, loggerName: record.name, datetime: new Date(record.time) };
}

/** Python's names of a record's fields, and where each is found. `asctime` is the formatter's. */
const FIELDS: Readonly<Record<string, (record: LogRecord) => unknown>> = {
  name: (record) => record.name,
  levelno: (record) => record.level,
  levelname: (record) => record.levelName,
  message: (record) => record.msg,
  created: (record) => record.time / 1000,
  msecs: (record) => Math.floor(record.time % 1000),
  process: (record) => record.process,
  processName: (record) => record.processName,
  taskIndex: (record) => record.taskIndex,
  seq: (record) => record.seq,
};

/**
 * Formats records by a pattern in Python's style, such as
 * `%(asctime)s %(levelname)-8s %(name)s %(message)s`. An error logged with the record follows on
 * lines of its own, with its causes.
 *
 * Fields: `asctime` (local time, `2026-11-21 10:00:00,123`), `created` (seconds), `levelname`,
 * `levelno`, `message`, `msecs`, `name`, `process`, `processName`, `seq`, `taskIndex`, and every
 * field that was logged beside the message. Python's fields that are not in this list, such as
 * `threadName`, are refused.
 *
 * Ported from CPython's `logging.Formatter` and `PercentStyle`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, Formatter, getLogger } from "@paralog/paralog/logging";
 *
 * const formatter = new Formatter("%(asctime)s %(levelname)-8s %(message)s");
 * getLogger("app").addHandler(new ConsoleHandler({ formatter }));
 * ```
 */
export class Formatter implements RecordFormatter {
  readonly #template: Template;
  #second = NaN;
  #secondText = "";

  /**
   * Makes a formatter.
   *
   * @param pattern The pattern.
   * @throws {TypeError} If the pattern names no field: then every line would be the same.
   */
  constructor(pattern = "%(message)s") {
    this.#template = parseTemplate(pattern);
    for (const part of this.#template) checkPart(part, pattern);
    if (!this.#template.some((part) => typeof part !== "string" && part.key !== undefined)) {
      throw new TypeError(
        `Cannot format records as "${pattern}": it names no field, write one such as %(message)s`,
      );
    }
  }

  /**
   * Turns a record into text.
   *
   * @param record The record.
   * @returns The line; an error and a stack follow on lines of their own.
   * @throws {RangeError} If the pattern names a field that the record has not.
   */
  format(record: LogRecord): string {
    let text = "";
    for (const part of this.#template) {
      text += typeof part === "string" ? part : this.#write(part, record);
    }
    if (record.error) text = onNextLine(text, this.formatException(record.error));
    if (record.stack) text = onNextLine(text, record.stack);
    return text;
  }

  /**
   * Writes the time of a record; override it for another format.
   *
   * @param record The record.
   * @returns Local time with milliseconds: `2026-11-21 10:00:00,123`.
   */
  formatTime(record: LogRecord): string {
    const second = Math.floor(record.time / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = localTime(new Date(second * 1000));
    }
    return `${this.#secondText},${
      String(Math.floor(record.time - second * 1000)).padStart(3, "0")
    }`;
  }

  /**
   * Writes the error that was logged with a record; override it for another format.
   *
   * @param error The error as data.
   * @returns Its stack, then its causes.
   */
  formatException(error: SerializedError): string {
    return formatError(error);
  }

  #write(conversion: Conversion, record: LogRecord): string {
    const { key } = conversion;
    if (key === "taskIndex" && record.taskIndex === undefined) {
      return convert({ ...conversion, type: "s" }, "-"); // Logged outside of tasks.
    }
    if (key === undefined) return conversion.type === "%" ? "%" : conversion.source;
    if (key === "asctime") return convert(conversion, this.formatTime(record));
    const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (field) return convert(conversion, field(record));
    if (record.extra && Object.hasOwn(record.extra, key)) {
      return convert(conversion, record.extra[key]);
    }
    throw new RangeError(
      `Cannot write ${conversion.source}: the record has no field "${key}"; log it beside the ` +
        `message as { ${key}: … }, or take it out of the pattern`,
    );
  }
}

/** Fields of Python's records that JavaScript can't know, or that ours have not. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  ["pathname", "filename", "module", "lineno", "funcName", "thread", "threadName", "taskName"]
    .concat("relativeCreated"),
);

function checkPart(part: string | Conversion, pattern: string): void {
  if (typeof part === "string") {
    const wrong = /%\([^)]*\)?.?/.exec(part)?.[0];
    if (wrong === undefined) return;
    throw new TypeError(
      `Cannot format records as "${pattern}": "${wrong}" is no conversion, write %(name)s`,
    );
  }
  if (part.key === undefined || !UNSUPPORTED.has(part.key)) return;
  throw new TypeError(
    `Cannot format records as "${pattern}": records have no ${part.key} here, allowed are asctime, ` +
      `${
        Object.keys(FIELDS).join(", ")
      }, and fields that are logged beside the message under another name`,
  );
}

function onNextLine(text: string, more: string): string {
  return text.endsWith("\n") ? text + more : `${text}\n${more}`;
}

function localTime(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * Formats records as JSON, one object a line, for programs that read logs. Fields logged beside the
 * message stand at the top level; one that would hide a field of the record's own is written with
 * `extra.` before its name.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, JsonFormatter } from "@paralog/paralog/logging";
 *
 * getLogger("app").addHandler(new ConsoleHandler({ formatter: new JsonFormatter() }));
 * getLogger("app").warn("slow", { ms: 1200 });
 * // {"time":"2026-11-21T09:00:00.123Z","level":"WARN","name":"app","message":"slow",…,"ms":1200}
 * ```
 */
export class JsonFormatter implements RecordFormatter {
  /**
   * Turns a record into one line of JSON. Never throws: a value that JSON can't hold is written as
   * text.
   *
   * @param record The record.
   * @returns The line.
   */
  format(record: LogRecord): string {
    const line: Record<string, unknown> = {
      time: new Date(record.time).toISOString(),
      level: record.levelName,
      name: record.name,
      message: record.msg,
      process: record.process,
      processName: record.processName,
      taskIndex: record.taskIndex,
      error: record.error,
      stack: record.stack,
    };
    for (const [key, value] of Object.entries(record.extra ?? {})) {
      line[key in line ? `extra.${key}` : key] = value;
    }
    try {
      return JSON.stringify(line);
    } catch {
      for (const [key, value] of Object.entries(line)) line[key] = jsonOrText(value);
      return JSON.stringify(line);
    }
  }
}

/** The value if JSON can hold it, otherwise its text: a BigInt, a cycle, a getter that throws. */
function jsonOrText(value: unknown): unknown {
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return display(value);
  }
}
