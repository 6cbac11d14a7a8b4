/**
 * The collector: takes the records of all workers that a thread started, in the order they were logged,
 * and hands each to the realm that dispatched its task.
 *
 * The workers draw numbers from one word in shared memory, so the records of all of them form one
 * sequence. A record is handed on when no worker can still commit one with a lower number: what the word
 * said before each worker was asked what it is about to commit is the bound.
 *
 * @module
 */

import { setImmediate, setTimeout } from "node:timers";
import type { RecordOutcome, RecordTally } from "../logging/outcome.ts";
import { addRecordSource } from "../logging/realm.ts";
import { runBatch } from "../logging/files/write_batch.ts";
import { reportLoggingError } from "../logging/handler.ts";
import type { Sequence } from "../logging/realm/sequence.ts";
import type { LogRecord } from "../logging/record.ts";
import { isBefore } from "./ring.ts";
import type { WorkerCounts, WorkerLink } from "./worker_link.ts";

/** What becomes of the records of one worker. */
export interface Recipient {
  /** Handles a record. */
  receive(record: LogRecord): RecordOutcome;
  /** Counts what became of each record. */
  readonly tally: RecordTally;
  /** Is told that records of the worker were lost, since it was last told. */
  onDropped(count: number): void;
}

/** A worker whose records are collected. */
interface Source {
  readonly link: WorkerLink;
  readonly recipient: Recipient;
  /** The number of its next record, of those that were there at the last look. */
  front: number | undefined;
  /** What the worker has counted, as far as it was passed on. */
  counted: WorkerCounts;
  /** Lost records that nobody was told of. */
  lost: number;
  /** Resolves when its last record is handled. */
  ended: Promise<void>;
  /** The worker has ended: it commits nothing any more. */
  hasEnded: boolean;
}

/** How long records are handled before others get their turn, in milliseconds. */
const SLICE = 10;

/**
 * How long this thread waits for a worker that has a lower number than its own and is about to send the
 * record, in milliseconds. It takes a microsecond, unless the system lets another thread run meanwhile.
 */
const PATIENCE = 10;

/** How many records are handled between two looks at the clock. */
const STRIDE = 32;

/** How long the end of a worker is waited for, in milliseconds: a thread that never yields never ends. */
const GRACE = 100;

/** Collects the records of workers. */
export class Collector {
  static readonly #collectors = new WeakMap<Sequence, Collector>();
  readonly #sequence: Sequence;
  readonly #counter: Int32Array<SharedArrayBuffer>;
  readonly #sources = new Map<WorkerLink, Source>();
  #registration: Disposable | undefined;
  #isDraining = false;
  #pause: Promise<void> | undefined;

  /**
   * The collector of a thread. There is one, so that the records of all its workers form one order.
   *
   * @param sequence The numbers of the thread, from which the links' workers draw.
   * @returns The same collector at each call.
   */
  static of(sequence: Sequence): Collector {
    const collector = Collector.#collectors.get(sequence) ?? new Collector(sequence);
    Collector.#collectors.set(sequence, collector);
    return collector;
  }

  private constructor(sequence: Sequence) {
    this.#sequence = sequence;
    this.#counter = new Int32Array(sequence.memory);
  }

  /**
   * Collects the records of a worker from now on, until it has ended.
   *
   * @param link What connects it.
   * @param recipient What becomes of its records.
   */
  add(link: WorkerLink, recipient: Recipient): void {
    const source: Source = {
      ...{ link, recipient, front: undefined, lost: 0, hasEnded: false },
      counted: link.counts,
      ended: link.ended.then(() => this.#end(source)),
    };
    this.#sources.set(link, source);
    this.#registration ??= addRecordSource(
      (before) => before === undefined ? this.drain() : this.#catchUp(before),
      () => this.#hasNews(),
    );
    this.#watch(source);
  }

  /**
   * Handles the records that are there by now. Does not wait; a record that comes behind one which another
   * worker is just about to commit stays for the next time.
   *
   * @param options How long it may take, in milliseconds; no limit unless it is given.
   */
  drain({ within = Infinity }: { readonly within?: number } = {}): void {
    if (this.#isDraining) return; // A handler that logs has brought us here.
    this.#isDraining = true;
    try {
      const end = performance.now() + within;
      runBatch(() => this.#handleAll(this.#look(), end));
    } finally {
      this.#isDraining = false;
    }
  }

  /** Handles all records with lower numbers than one that this thread has just taken. */
  #catchUp(before: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      const end = performance.now() + PATIENCE;
      runBatch(() => {
        for (let isAll = false; !isAll && performance.now() < end;) {
          const bound = this.#look();
          isAll = !isBefore(bound, before - 1);
          this.#handleAll(isAll ? before - 1 : bound, Infinity);
        }
      });
    } finally {
      this.#isDraining = false;
    }
  }

  #hasNews(): boolean {
    for (const { link, front } of this.#sources.values()) {
      if (front !== undefined || link.hasChanged) return true;
    }
    return false;
  }

  /**
   * Handles all records that a worker has logged by now. Call it before a task of the worker is settled.
   *
   * @param link What connects the worker.
   * @returns `undefined` if that is done, which is the rule; otherwise what to wait for.
   */
  settle(link: WorkerLink): Promise<void> | undefined {
    const source = this.#sources.get(link);
    if (!source) return undefined;
    const last = Atomics.load(this.#counter, 0);
    this.drain();
    if (isBehind(source, last)) return this.#settleSoon(source, last);
    tellOfLoss(source);
  }

  /**
   * Waits for the end of a worker that was terminated, and handles its last records.
   *
   * @param link What connects the worker.
   * @returns When that is done. A thread that goes on without yielding is waited for 100 ms; its records
   * are collected as long as it and the program live.
   */
  async end(link: WorkerLink): Promise<void> {
    const source = this.#sources.get(link);
    if (!source) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GRACE);
    await Promise.race([source.ended, promise]);
    timer.close();
    await this.settle(link);
  }

  /** Another worker is about to commit a record that comes before: microseconds, if it gets to run. */
  async #settleSoon(source: Source, last: number): Promise<void> {
    while (isBehind(source, last)) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      this.drain();
    }
    tellOfLoss(source);
  }

  /** Takes a look at all workers. Returns the number up to which nothing can be missing. */
  #look(): number {
    // Before the bound: what is committed in between is seen, but comes after it, and is to wake us.
    for (const { link } of this.#sources.values()) link.mark();
    let bound = Atomics.load(this.#counter, 0); // What comes later has a higher number.
    for (const { link, hasEnded } of this.#sources.values()) {
      const low = hasEnded ? undefined : link.low();
      if (low !== undefined && isBefore(low, bound)) bound = low;
    }
    for (const source of this.#sources.values()) {
      source.link.refresh();
      source.front = source.link.front;
    }
    return bound;
  }

  #handleAll(bound: number, end: number): void {
    for (let count = 1;; count++) {
      const source = this.#first();
      if (source?.front === undefined || isBefore(bound, source.front)) break;
      this.#handle(source, source.front);
      if (count % STRIDE === 0 && performance.now() > end) break;
    }
    for (const source of this.#sources.values()) passOnCounts(source);
  }

  /** The worker whose next record comes first of all. */
  #first(): Source | undefined {
    let first: Source | undefined;
    for (const source of this.#sources.values()) {
      if (source.front === undefined) continue;
      if (first?.front === undefined || isBefore(source.front, first.front)) first = source;
    }
    return first;
  }

  #handle(source: Source, number: number): void {
    const { link, recipient } = source;
    const record: { -readonly [K in keyof LogRecord]: LogRecord[K] } = link.take(); // It is ours alone.
    source.front = link.front;
    record.seq = this.#sequence.unwrap(number);
    recipient.tally.count(receive(recipient, record));
  }

  async #watch(source: Source): Promise<void> {
    while (!source.hasEnded) {
      if (source.link.front === undefined) await source.link.changed();
      if (!this.#pause) this.drain({ within: SLICE });
      await this.#nextTurn();
    }
  }

  /** Lets everything else have its turn, which also lets records gather. Keeps no program alive. */
  #nextTurn(): Promise<void> {
    this.#pause ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#pause = undefined;
        resolve();
      }, 0).unref();
    });
    return this.#pause;
  }

  async #end(source: Source): Promise<void> {
    source.hasEnded = true;
    await this.settle(source.link);
    const missing = source.link.missing; // None, unless what it has left can't be read.
    for (let n = 0; n < missing; n++) source.recipient.tally.count("dropped");
    source.lost += missing;
    tellOfLoss(source);
    this.#sources.delete(source.link);
    source.link.close();
    if (this.#sources.size > 0) return;
    this.#registration?.[Symbol.dispose]();
    this.#registration = undefined;
  }
}

/** Whether a record is still to be handled that is not after a number. */
function isBehind({ link }: Source, last: number): boolean {
  const { front } = link;
  return front !== undefined && !isBefore(last, front);
}

/** Never throws: the record of one worker must not keep those of the others back. */
function receive(recipient: Recipient, record: LogRecord): RecordOutcome {
  try {
    return recipient.receive(record);
  } catch (error) {
    reportLoggingError("A record of a worker could not be handled", record, error);
    return "dropped";
  }
}

/** What the worker's own handlers did, and what it had to drop. */
function passOnCounts(source: Source): void {
  const { recipient: { tally }, counted } = source;
  const now = source.link.counts;
  source.counted = now;
  const pass = (outcome: RecordOutcome, times: number) => {
    for (; times > 0; times--) tally.count(outcome);
  };
  pass("written", now.written - counted.written);
  pass("filtered", now.filtered - counted.filtered);
  pass("dropped", now.failed - counted.failed);
  source.lost += now.dropped - counted.dropped;
}

function tellOfLoss(source: Source): void {
  const { lost } = source;
  source.lost = 0;
  if (lost > 0) source.recipient.onDropped(lost);
}
