/**
 * The count of what a full queue dropped in one place, and the record that tells of it.
 *
 * @module
 */

import { getLevelName, LEVELS } from "../levels.ts";
import { type LogRecord, placeOf } from "../record.ts";
import { QUEUE_LOGGER } from "./safely.ts";

/** Counts the records that were dropped one after the other. */
export class DropCount {
  #count = 1;
  #last: LogRecord;
  /** At least WARN: a handler that is to get what was dropped has to learn of it. */
  #level: number;

  /** Begins with the first. */
  constructor(record: LogRecord) {
    this.#last = record;
    this.#level = Math.max(LEVELS.WARN, record.level);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Counts one more. */
  add(record: LogRecord): void {
    this.#count++;
    this.#last = record;
    this.#level = Math.max(this.#level, record.level);
  }

  /**
   * One record about all of them, of the highest level among them, and WARN at least. It stands in the
   * sequence where the last of them would have stood.
   *
   * @param why Why they were dropped, to follow "3 records were dropped: ".
   * @param facts Fields of the record, beside the count.
   */
  report(why: string, facts: Readonly<Record<string, unknown>>): LogRecord {
    const dropped = this.#count;
    return {
      name: QUEUE_LOGGER,
      level: this.#level,
      levelName: getLevelName(this.#level),
      msg: `${dropped} ${dropped === 1 ? "record was" : "records were"} dropped: ${why}`,
      args: [],
      ...placeOf(this.#last),
      extra: { dropped, ...facts },
    };
  }
}
