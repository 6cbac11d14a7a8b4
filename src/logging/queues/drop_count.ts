/**
 * The count of what a full queue dropped, and the record that tells of it.
 *
 * @module
 */

import { getLevelName, LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { QUEUE_LOGGER } from "./safely.ts";

/** Counts drops. None is forgotten: what was not reported yet is in the next report. */
export class DropCount {
  #total = 0;
  #unreported = 0;
  #last: LogRecord | undefined;

  /** How many were dropped in all. */
  get total(): number {
    return this.#total;
  }

  /** How many of them no report has told of yet. */
  get unreported(): number {
    return this.#unreported;
  }

  /** Counts a record that was dropped. */
  add(record: LogRecord): void {
    this.#total++;
    this.#unreported++;
    this.#last = record;
  }

  /**
   * One record about all that were dropped since the last report, if any were. It stands in the
   * sequence where the last of them would have stood.
   *
   * @param why Why they were dropped, to follow "3 records were dropped: ".
   * @param facts Fields of the record, beside the count.
   */
  takeReport(why: string, facts: Readonly<Record<string, unknown>>): LogRecord | undefined {
    const last = this.#last;
    if (!last) return undefined;
    const dropped = this.#unreported;
    this.#unreported = 0;
    this.#last = undefined;
    return {
      name: QUEUE_LOGGER,
      level: LEVELS.WARN,
      levelName: getLevelName(LEVELS.WARN),
      msg: `${dropped} ${dropped === 1 ? "record was" : "records were"} dropped: ${why}`,
      args: [],
      time: last.time,
      seq: last.seq,
      process: last.process,
      processName: last.processName,
      ...(last.taskIndex !== undefined && { taskIndex: last.taskIndex }),
      extra: { dropped, ...facts },
    };
  }
}
