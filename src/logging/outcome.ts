/**
 * What becomes of records, and counting it: a record that is lost is at least counted.
 *
 * @module
 */

/** What became of a record. */
export type RecordOutcome =
  /** At least one handler took it. */
  | "written"
  /** A filter or a level refused it, or the logger is disabled. */
  | "filtered"
  /** It is lost: its handlers failed, a loop was cut, or the relay had no room. */
  | "dropped"
  /** It is on its way to the caller in another thread or process, which counts what becomes of it. */
  | "relayed";

/** Counts what becomes of records. */
export interface RecordTally {
  /**
   * Counts records.
   *
   * @param outcome What became of them. Relayed ones are counted by who receives them.
   * @param times How many there are; one, unless it is given.
   */
  count(outcome: RecordOutcome, times?: number): void;
}

/** How many records there were, and what became of them. */
export interface RecordCounts {
  /** How many there were: the sum of the others. */
  readonly emitted: number;
  /** How many were taken by at least one handler. */
  readonly written: number;
  /** How many were refused by a filter, a level or a disabled logger. */
  readonly filtered: number;
  /** How many were lost: their handlers failed, a loop was cut, or the relay had no room. */
  readonly dropped: number;
}

/**
 * Counts, where records are received, what becomes of them. One that is relayed from here is counted
 * as written: for those who run tasks in this thread, the relay has taken it.
 */
export class TallyCounter implements RecordTally, RecordCounts {
  #written = 0;
  #filtered = 0;
  #dropped = 0;

  get emitted(): number {
    return this.#written + this.#filtered + this.#dropped;
  }

  get written(): number {
    return this.#written;
  }

  get filtered(): number {
    return this.#filtered;
  }

  get dropped(): number {
    return this.#dropped;
  }

  count(outcome: RecordOutcome, times = 1): void {
    switch (outcome) {
      case "written":
      case "relayed":
        this.#written += times;
        break;
      case "filtered":
        this.#filtered += times;
        break;
      case "dropped":
        this.#dropped += times;
        break;
      default:
        outcome satisfies never;
    }
  }
}
