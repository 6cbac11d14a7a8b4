/**
 * Records as logfmt: `key=value` pairs on one line.
 *
 * @module
 */

import { formatError } from "../errors.ts";
import type { RecordFormatter } from "../formatter.ts";
import { display } from "../text/inspect.ts";
import { jsonText } from "../text/json_text.ts";
import type { LogRecord } from "../record.ts";
import { IsoTime, writeFields } from "./machine_fields.ts";

const OWN_NAMES: ReadonlySet<string> = new Set(
  ["time", "level", "logger", "msg", "processName", "taskIndex", "attempt", "error", "errorStack"]
    .concat("stack"),
);

/**
 * Formats records as logfmt, one line each, which people and programs read alike. Fields logged
 * beside the message follow it; one that would hide a field of the record's own is written with
 * `extra.` before its name. Nested values are written as JSON.
 *
 * Values are quoted by the rules of go-logfmt, but an empty text is written as `""`; in a name, what
 * logfmt does not allow becomes `_`. An error is named in `error` and written whole, with its stack
 * and causes, in `errorStack`. `processName` is there in workers only.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, LogfmtFormatter } from "@paralog/paralog/logging";
 *
 * getLogger("app").addHandler(new ConsoleHandler({ formatter: new LogfmtFormatter() }));
 * getLogger("app").warn("took %d ms", 12, { jobId: 7 });
 * // time=2026-11-21T09:00:00.123Z level=WARN logger=app msg="took 12 ms" jobId=7
 * ```
 */
export class LogfmtFormatter implements RecordFormatter {
  readonly #time = new IsoTime();

  /**
   * Turns a record into one line of logfmt. Never throws.
   *
   * @param record The record.
   * @returns The line.
   */
  format(record: LogRecord): string {
    const { processName, taskIndex, attempt, error, stack } = record;
    let line = `time=${logfmtValue(this.#time.write(record.time))}` +
      ` level=${logfmtValue(record.levelName)} logger=${logfmtValue(record.name)}` +
      ` msg=${logfmtValue(record.msg)}`;
    if (processName !== "MainProcess") line += ` processName=${logfmtValue(processName)}`;
    if (taskIndex !== undefined) line += ` taskIndex=${logfmtValue(taskIndex)}`;
    if (attempt !== undefined) line += ` attempt=${logfmtValue(attempt)}`;
    line += writeFields(record.extra, OWN_NAMES, logfmtPair);
    if (error) {
      line += ` error=${logfmtValue(`${error.name}: ${error.message}`)}` +
        ` errorStack=${logfmtValue(formatError(error))}`;
    }
    if (stack !== undefined) line += ` stack=${logfmtValue(stack)}`;
    return line;
  }
}

function logfmtPair(name: string, value: unknown): string {
  return ` ${logfmtKey(name)}=${logfmtValue(value)}`;
}

/** What makes a value need quotes: space, controls, `=`, `"`, and what can't be decoded. */
const QUOTED =
  // deno-lint-ignore no-control-regex -- control characters are what is meant
  /[\x00-\x20="\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd\ud800-\udfff]/u;

/** What a name must not have, for the same reasons. */
const NOT_IN_KEYS = new RegExp(QUOTED, "gu");

/**
 * Writes a name of logfmt.
 *
 * @param name Any text.
 * @returns The name; what is not allowed in it is written as `_`.
 */
export function logfmtKey(name: string): string {
  return name === "" ? "_" : QUOTED.test(name) ? name.replace(NOT_IN_KEYS, "_") : name;
}

/**
 * Writes a value of logfmt.
 *
 * @param value Anything; nested values are written as JSON.
 * @returns The value, quoted where that is needed.
 */
export function logfmtValue(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quoteIfNeeded(value);
  if (typeof value !== "object" || value instanceof Date || value instanceof Error) {
    const text = display(value);
    return QUOTED.test(text) ? jsonText(text) : text;
  }
  return quoteIfNeeded(jsonText(value));
}

function quoteIfNeeded(text: string): string {
  // The text "null" is not the value null.
  return text === "" || text === "null" || QUOTED.test(text) ? jsonText(text) : text;
}
