/**
 * How filters that hold records back say how many: nothing is lost silently.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";

/**
 * Says on a record how many others were held back before it.
 *
 * @param record The record.
 * @param count How many.
 * @returns A copy with the field `suppressed`; the record itself if there were none. What another
 *   filter held back is counted too.
 */
export function withSuppressed(record: LogRecord, count: number): LogRecord {
  if (count === 0) return record;
  const before = record.extra?.suppressed;
  const suppressed = typeof before === "number" ? before + count : count;
  return { ...record, extra: { ...record.extra, suppressed } };
}
