/**
 * Records that are kept until something goes wrong.
 *
 * @module
 */

import { getLevelName, LEVELS } from "../levels.ts";
import { type LogRecord, placeOf } from "../record.ts";

/** The newest records of one task, and how many older ones there were. */
export class KeptRecords {
  readonly #capacity: number;
  /** A ring once it is full. */
  #records: LogRecord[] = [];
  #dropped = 0;

  /**
   * Begins with none.
   *
   * @param capacity How many are kept; the oldest are dropped and counted.
   */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many records there were since it was emptied last: those that it keeps and those it dropped. */
  get count(): number {
    return this.#records.length + this.#dropped;
  }

  /** Keeps a record. */
  keep(record: LogRecord): void {
    if (this.#records.length < this.#capacity) this.#records.push(record);
    // In a circle: the oldest has the place after the one that was dropped last.
    else this.#records[this.#dropped++ % this.#capacity] = record;
  }

  /**
   * Empties it.
   *
   * @returns The records, the oldest first. If older ones were dropped, the first says how many.
   */
  takeAll(): LogRecord[] {
    const [kept, dropped] = [this.#records, this.#dropped];
    this.#records = [];
    this.#dropped = 0;
    const oldest = dropped % this.#capacity;
    const first = kept[oldest];
    if (!first || dropped === 0) return kept;
    const missing = notice(first, `${dropped} earlier records dropped`);
    return [missing, ...kept.slice(oldest), ...kept.slice(0, oldest)];
  }
}

/**
 * A record that says what is missing before another one.
 *
 * @param next The record that comes next.
 * @param msg What is missing.
 * @returns The record, from where the next one comes from.
 */
export function notice(next: LogRecord, msg: string): LogRecord {
  return {
    ...{ name: next.name, msg, args: [] },
    ...placeOf(next),
    level: LEVELS.WARN,
    levelName: getLevelName(LEVELS.WARN),
  };
}
