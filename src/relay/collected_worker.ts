/**
 * One worker of those whose records are collected: what it has sent, what it has counted itself, and who
 * gets to know of it.
 *
 * @module
 */

import { reportLoggingError } from "../logging/handler.ts";
import type { RecordOutcome, RecordTally } from "../logging/outcome.ts";
import type { LogRecord } from "../logging/record.ts";
import type { WorkerLink } from "./worker_link.ts";

/** Runs a function in some asynchronous context. */
export type RunInContext = <T>(fn: () => T) => T;

/** What becomes of the records of one worker. */
export interface Recipient {
  /**
   * Runs what handles the records, in the context of the run that they belong to. It is the same function
   * for all workers that serve the run.
   */
  readonly enter: RunInContext;
  /** Counts what became of each record. */
  readonly tally: RecordTally;
  /** Handles a record. */
  receive(record: LogRecord): RecordOutcome;
  /** Is told that records of the worker were lost, since it was last told. */
  onDropped(count: number): void;
}

/** A worker whose records are collected. */
export class CollectedWorker {
  readonly link: WorkerLink;
  readonly recipient: Recipient;
  /** The number of its next record, of those that were there at the last look. */
  front: number | undefined;
  /** The worker has ended: it commits nothing any more. */
  hasEnded = false;
  /** What it has counted, as far as it was passed on. */
  #counted: WorkerLink["counts"];
  /** Lost records that nobody was told of. */
  #lost = 0;

  /**
   * Begins with what the worker sends from now on.
   *
   * @param link What connects it.
   * @param recipient What becomes of its records.
   */
  constructor(link: WorkerLink, recipient: Recipient) {
    this.link = link;
    this.recipient = recipient;
    this.#counted = link.counts;
  }

  /** A number that the worker may still commit, or a later one; see {@linkcode WorkerLink.low}. */
  low(): number | undefined {
    return this.hasEnded ? undefined : this.link.low();
  }

  /** Looks what there is by now. */
  look(): void {
    this.link.refresh();
    this.front = this.link.front;
  }

  /**
   * Whether a record is there that is not after a number.
   *
   * @param last The number.
   * @param isBefore Compares numbers.
   */
  isBehind(last: number, isBefore: (a: number, b: number) => boolean): boolean {
    return this.front !== undefined && !isBefore(last, this.front);
  }

  /**
   * Handles its next record.
   *
   * @param seq The place of the record in the sequence of this thread.
   * @throws {Error} If the record can't be read.
   */
  handleNext(seq: number): void {
    const record: { -readonly [K in keyof LogRecord]: LogRecord[K] } = this.link.take(); // Ours alone.
    record.seq = seq;
    this.front = this.link.front;
    this.recipient.tally.count(this.#receive(record));
  }

  /** Passes on what the worker's own handlers did. */
  passOnCounts(): void {
    const { written, filtered, failed, dropped } = this.link.counts;
    const before = this.#counted;
    this.#counted = { written, filtered, failed, dropped };
    this.#count("written", written - before.written);
    this.#count("filtered", filtered - before.filtered);
    this.#count("dropped", failed - before.failed);
    this.#lost += dropped - before.dropped;
  }

  /** Says how many records were lost, if any were since it was last said. */
  tellOfLoss(): void {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.recipient.enter(() => this.recipient.onDropped(lost));
  }

  /** Lets go of the worker. What it has sent and can't be read is lost, which should not happen. */
  close(): void {
    const { missing } = this.link;
    this.#count("dropped", missing);
    this.#lost += missing;
    this.front = undefined;
    this.hasEnded = true;
    this.tellOfLoss();
    this.link.close();
  }

  #count(outcome: RecordOutcome, times: number): void {
    if (times > 0) this.recipient.tally.count(outcome, times);
  }

  /** Never throws: the record of one worker must not keep those of the others back. */
  #receive(record: LogRecord): RecordOutcome {
    try {
      return this.recipient.receive(record);
    } catch (error) {
      reportLoggingError("A record of a worker could not be handled", record, error);
      return "dropped";
    }
  }
}
