/**
 * The fields of a record by Python's names, as the patterns of formatters use them. All of Python's
 * are there: a configuration of a Python team works as it is.
 *
 * Ported from CPython's `logging.LogRecord`.
 *
 * @module
 */

import { formatError } from "./errors.ts";
import type { LogRecord } from "./record.ts";

/** A field that a record has by itself. */
export interface RecordField {
  /** Whether Python has a float here: a whole number is shown as "7.0". */
  readonly isFloat: boolean;
  /**
   * Whether a field of that name which was logged with the record is taken instead. So it is for what
   * JavaScript knows less well than Python: a record that came from there brings its own.
   */
  readonly yieldsToExtra: boolean;
  /**
   * Reads the field.
   *
   * @param record The record.
   * @returns Its value; `undefined` where the record has none.
   */
  read(record: LogRecord): unknown;
}

function own(read: (record: LogRecord) => unknown): RecordField {
  return { isFloat: false, yieldsToExtra: false, read };
}

function float(read: (record: LogRecord) => number): RecordField {
  return { isFloat: true, yieldsToExtra: false, read };
}

function borrowed(read: (record: LogRecord) => unknown): RecordField {
  return { isFloat: false, yieldsToExtra: true, read };
}

/** Python's fields but `asctime`, which is the formatter's, and three of ours: taskIndex, attempt and seq. */
const FIELDS: ReadonlyMap<string, RecordField> = new Map(Object.entries({
  name: own((record) => record.name),
  levelno: own((record) => record.level),
  levelname: own((record) => record.levelName),
  message: own((record) => record.msg),
  msg: own((record) => record.msg),
  args: own((record) => record.args),
  created: float((record) => record.time / 1000),
  msecs: float((record) => Math.floor(record.time % 1000)),
  relativeCreated: {
    ...float((record) => record.time - performance.timeOrigin),
    yieldsToExtra: true,
  },
  process: own((record) => record.process),
  processName: own((record) => record.processName),
  taskIndex: own((record) => record.taskIndex),
  attempt: borrowed((record) => record.attempt), // A common name: programs log attempts of their own.
  seq: own((record) => record.seq),
  // What is not there is called None, as Python does.
  exc_info: own(({ error }) => error ? `${error.name}: ${error.message}` : "None"),
  exc_text: own(({ error }) => error ? formatError(error) : "None"),
  stack_info: own((record) => record.stack ?? "None"),
  thread: borrowed((record) => record.process),
  threadName: borrowed(({ processName }) =>
    processName === "MainProcess" ? "MainThread" : processName
  ),
  taskName: borrowed(() => undefined),
  // Python's own words for a caller that it can't find.
  pathname: borrowed((record) => pathOf(record)),
  filename: borrowed((record) => baseName(pathOf(record))),
  module: borrowed((record) => baseName(pathOf(record)).replace(/(?!^)\.[^.]*$/, "")),
  lineno: borrowed((record) => record.location?.line ?? 0),
  funcName: borrowed((record) => record.location?.functionName ?? "(unknown function)"),
}));

/** The fields that say where a record was logged. */
const LOCATION_FIELDS: ReadonlySet<string> = new Set(
  ["pathname", "filename", "module", "lineno", "funcName"],
);

/**
 * Finds a field that every record has.
 *
 * @param name Python's name of it.
 * @returns The field, or `undefined` if records have it only where it was logged with them.
 */
export function recordField(name: string): RecordField | undefined {
  return FIELDS.get(name);
}

/**
 * Tells whether a field says where the record was logged. To find that out takes time, so it is done
 * only where a pattern asks for it.
 *
 * @param name Python's name of the field.
 * @returns Whether it is one of `pathname`, `filename`, `module`, `lineno` and `funcName`.
 */
export function isLocationField(name: string): boolean {
  return LOCATION_FIELDS.has(name);
}

function pathOf(record: LogRecord): string {
  return record.location?.file ?? "(unknown file)";
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
