/**
 * Records that are logged while another one is handled: they must not go round for ever.
 *
 * How deep they are nested is the state of this thread.
 *
 * @module
 */

import { reportLoggingError } from "../handler.ts";
import type { LogRecord } from "../record.ts";

/** How deep records may be nested that handlers cause while they handle one. */
const MAX_DEPTH = 3;

let depth = 0;
let refused = 0;

/**
 * Calls handlers with a record, unless it was logged by a handler that handles a record which was
 * logged by a handler, and so on: handlers that log to loggers which have them would never end. What is
 * refused is reported on stderr the 1st, 10th, 100th, … time.
 *
 * @param record The record.
 * @param handle Calls the handlers.
 * @returns What that returns.
 */
export function handleNested<T>(record: LogRecord, handle: () => T): T | "dropped" {
  if (depth >= MAX_DEPTH) return refuse(record);
  depth++;
  try {
    return handle();
  } finally {
    depth--;
  }
}

/**
 * Whether the code that calls this runs, synchronously, inside a handler that handles a record.
 *
 * @returns Whether it does.
 */
export function isNested(): boolean {
  return depth > 0;
}

/**
 * Runs what has nothing to do with the record that is being handled, if one is.
 *
 * @param fn Handles other records.
 */
export function runUnnested(fn: () => void): void {
  const before = depth;
  depth = 0;
  try {
    fn();
  } finally {
    depth = before;
  }
}

/** The message is left out: the filters of no handler have seen it. */
function refuse(record: LogRecord): "dropped" {
  refused++;
  if (!Number.isInteger(Math.log10(refused))) return "dropped";
  const what = refused === 1 ? "A record was dropped" : `${refused} records were dropped`;
  const reason = new RangeError(
    "a handler logs, while it handles a record, to a logger that has it as a handler",
  );
  reportLoggingError(what, { ...record, msg: "(not shown)" }, reason);
  return "dropped";
}
