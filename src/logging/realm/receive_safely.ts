/**
 * Handling records that come from tasks.
 *
 * @module
 */

import { reportLoggingError } from "../handler.ts";
import type { RecordOutcome } from "../outcome.ts";
import type { LogRecord } from "../record.ts";

/**
 * Handles a record of a task in the realm of its caller. Never throws: if a filter of the caller does, or a
 * handler in a `handle` of its own, the task did nothing wrong, and in a worker's message there is nobody else
 * to tell.
 *
 * @param record The record.
 * @param handle Handles it.
 * @returns What became of it.
 */
export function receiveSafely(record: LogRecord, handle: () => RecordOutcome): RecordOutcome {
  try {
    return handle();
  } catch (error) {
    reportLoggingError(`Logger ${record.name} could not handle a record`, record, error);
    return "dropped";
  }
}
