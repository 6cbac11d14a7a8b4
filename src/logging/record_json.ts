/**
 * Records as JSON, the form in which they travel over the network.
 *
 * @module
 */

import { toJsonValue } from "./text/json_value.ts";
import type { LogRecord } from "./record.ts";

/**
 * Writes a record as one line of JSON with its own fields, such as `levelName` and `time`. Never
 * throws; {@linkcode toJsonValue} says what becomes of values that JSON has not.
 *
 * @param record The record; its arguments, fields and error may hold anything.
 * @returns One line, without a newline at the end.
 *
 * @example
 * ```ts ignore
 * recordToJson(record); // {"name":"app","level":30,"levelName":"WARN","msg":"slow",…}
 * ```
 */
export function recordToJson(record: LogRecord): string {
  return JSON.stringify(toJsonValue(record));
}
