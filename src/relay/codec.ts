/**
 * Records on their way from a worker to its caller. Today they travel as messages, for which a
 * record has to be something that `postMessage` takes.
 *
 * @module
 */

import type { LogRecord } from "../logging/record.ts";
import { toCloneable, toCloneableError, toCloneableFields } from "./cloneable.ts";

/**
 * A copy of a record that `postMessage` takes: values that can't be cloned become text.
 *
 * @param record A record; its arguments, fields and error may hold anything.
 * @returns The copy.
 */
export function toCloneableRecord(record: LogRecord): LogRecord {
  return {
    ...record,
    args: record.args.map(toCloneable),
    ...(record.extra && { extra: toCloneableFields(record.extra) }),
    ...(record.error && { error: toCloneableError(record.error) }),
  };
}
