/**
 * What a worker has logged last, for the error that says how it came to its end.
 *
 * @module
 */

import type { LogRecord } from "../../logging/record.ts";

/** How many records are kept. The error that shows them is to be read by a person. */
const SIZE = 10;

/** Keeps the last records that came from a worker. */
export class LastRecords {
  readonly #ring = new Array<LogRecord | undefined>(SIZE);
  #next = 0;

  /**
   * Keeps a record, in the place of the oldest one.
   *
   * @param record The record, as it came.
   */
  add(record: LogRecord): void {
    this.#ring[this.#next] = record;
    this.#next = (this.#next + 1) % SIZE;
  }

  /**
   * The last records of a call, with those of calls that it has started.
   *
   * @param run The run that it belongs to.
   * @param index Which call of the run it is, from 0.
   * @returns Ten at most, the newest one last.
   */
  of(run: string, index: number): readonly LogRecord[] {
    const oldestFirst = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    const isOfCall = (record: LogRecord | undefined): record is LogRecord =>
      record !== undefined && (record.run === run
        ? record.taskIndex === index
        // Runs that it started are called "1.0.2", those of its second attempt "1.0@2.1".
        : [".", "@"].some((mark) => record.run?.startsWith(`${run}.${index}${mark}`)));
    return oldestFirst.filter(isOfCall);
  }

  /** Forgets all of them: what they hold may be large. */
  clear(): void {
    this.#ring.fill(undefined);
  }
}
