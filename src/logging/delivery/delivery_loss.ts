/**
 * The count of records that a delivery dropped, and the record that tells its peer of them.
 *
 * @module
 */

import { getLevelName, LEVELS } from "../levels.ts";
import type { LogRecord } from "../record.ts";

/** The name of the logger in the records that tell a peer what it has missed. */
export const DELIVERY_LOGGER = "paralog.delivery";

/** Counts records that were dropped, until the peer is told. */
export class DeliveryLoss {
  readonly #peer: string;
  #count = 0;
  #reason = "";
  #last: LogRecord | undefined;

  /**
   * Makes a count of zero.
   *
   * @param peer What the peer is called.
   */
  constructor(peer: string) {
    this.#peer = peer;
  }

  /** How many were dropped since the peer was told. */
  get count(): number {
    return this.#count;
  }

  /** Counts a record; the reason is that of the last one. */
  add(record: LogRecord, reason: string): void {
    this.#count++;
    this.#reason = reason;
    this.#last = record;
  }

  /** Forgets them: they were reported elsewhere. */
  clear(): void {
    this.#count = 0;
    this.#last = undefined;
  }

  /** "12 records were lost while 127.0.0.1:9020 could not be reached". */
  toString(): string {
    const records = countRecords(this.#count);
    return `${records} ${
      this.#count === 1 ? "was" : "were"
    } lost while ${this.#peer} ${this.#reason}`;
  }

  /** The record for the peer, if any were dropped. It stands in the place of the last of them. */
  takeNotice(): LogRecord | undefined {
    if (!this.#last) return undefined;
    const { error: _error, stack: _stack, ...place } = this.#last;
    const notice: LogRecord = {
      ...place,
      name: DELIVERY_LOGGER,
      level: LEVELS.WARN,
      levelName: getLevelName(LEVELS.WARN),
      msg: String(this),
      args: [],
      extra: { lost: this.#count },
    };
    this.clear();
    return notice;
  }
}

/**
 * A number of records in words.
 *
 * @param count How many.
 * @returns "1 record", "12 records".
 */
export function countRecords(count: number): string {
  return count === 1 ? "1 record" : `${count} records`;
}
