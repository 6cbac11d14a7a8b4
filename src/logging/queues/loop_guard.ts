/**
 * The guard against endless loops: what comes out of a queue must not go into it for ever.
 *
 * @module
 */

import { reportLoggingError } from "../handler.ts";
import type { LogRecord } from "../record.ts";
import type { Handling } from "./handling_context.ts";

/**
 * How long a chain may get of records that were logged while one of the same queue was handled, each
 * while the one before it was: a handler that tells of its own failure needs one or two.
 */
const MAX_CHAIN = 10;

/** Finds records that go round in circles. In Python they do so until the disk is full. */
export class LoopGuard {
  /** The record that was taken out by hand, until the next is asked for. */
  #takenByHand: LogRecord | undefined;
  #refused = 0;
  /** How many links of the chain stand before a record; those that begin one are not in it. */
  readonly #links = new WeakMap<LogRecord, number>();

  /** Is told what was taken out by hand; whoever asks for the next is done with the one before. */
  onTakenByHand(record: LogRecord | undefined): void {
    this.#takenByHand = record;
  }

  /**
   * Looks at a record that is to be put into the queue, and reports on stderr the 1st, 10th, 100th, …
   * that must not be. A second copy of a record that somebody else puts, such as a `MemoryHandler`, is
   * no loop.
   *
   * @param record The record.
   * @param cause The record of this queue whose handling has led to this.
   * @returns Whether it must not be put.
   */
  refuses(record: LogRecord, cause: Handling | undefined): boolean {
    for (const taken of [cause?.record, this.#takenByHand]) {
      if (taken !== undefined && isSame(taken, record)) {
        return this.#refuse(record, "it came out of this very queue, and was put into it again");
      }
    }
    if (!cause?.isRunning) return false;
    const links = (this.#links.get(cause.record) ?? 0) + 1;
    if (links > MAX_CHAIN) {
      return this.#refuse(record, "handling a record of this queue logs another, again and again");
    }
    this.#links.set(record, links);
    return false;
  }

  #refuse(record: LogRecord, reason: string): true {
    this.#refused++;
    if (Number.isInteger(Math.log10(this.#refused))) {
      const count = this.#refused === 1 ? "a record" : `${this.#refused} records`;
      reportLoggingError(`A queue refused ${count}`, record, reason);
    }
    return true;
  }
}

/** Whether they are the same record; a filter may have made a copy of it. */
function isSame(one: LogRecord, other: LogRecord): boolean {
  if (one === other) return true;
  return one.seq > 0 && one.seq === other.seq && one.time === other.time &&
    one.process === other.process && one.processName === other.processName &&
    one.name === other.name;
}
