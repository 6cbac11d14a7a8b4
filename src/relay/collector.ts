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
import { runBatch } from "../logging/files/write_batch.ts";
import { reportFailure } from "../logging/queues/safely.ts";
import { addRecordSource } from "../logging/realm.ts";
import type { Sequence } from "../logging/realm/sequence.ts";
import { CollectedWorker, type Recipient, type RunInContext } from "./collected_worker.ts";
import { isBefore } from "./ring.ts";
import type { WorkerLink } from "./worker_link.ts";

/** How long records are handled before others get their turn, in milliseconds. */
const SLICE = 10;

/**
 * How long this thread waits for a worker that has a lower number than its own and is about to send the
 * record, in milliseconds. It takes a microsecond, unless the system lets other threads run meanwhile.
 */
const PATIENCE = 5000;

/** What nobody wakes. */
const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/** How many records are handled between two looks at the clock. */
const STRIDE = 32;

/** How long the end of a worker is waited for, in milliseconds: a thread that never yields never ends. */
const GRACE = 100;

/** A turn of the event loop in which no records are taken. */
interface Pause {
  readonly over: Promise<void>;
  readonly resolve: () => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Collects the records of workers. */
export class Collector {
  static readonly #collectors = new WeakMap<Sequence, Collector>();
  readonly #sequence: Sequence;
  readonly #counter: Int32Array<SharedArrayBuffer>;
  readonly #workers = new Map<WorkerLink, CollectedWorker>();
  #registration: Disposable | undefined;
  #isDraining = false;
  #pause: Pause | undefined;

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
    const worker = new CollectedWorker(link, recipient);
    this.#workers.set(link, worker);
    this.#registration ??= addRecordSource(
      (before) => before === undefined ? this.drain() : this.#catchUp(before),
      () => this.#hasNews(),
    );
    this.#watch(worker);
    link.ended.then(() => this.#end(worker));
  }

  /**
   * Handles the records that are there by now. Does not wait; a record that comes behind one which another
   * worker is just about to commit stays for the next time.
   *
   * @param options How long it may take, in milliseconds; no limit unless it is given.
   */
  drain({ within = Infinity }: { readonly within?: number } = {}): void {
    const end = performance.now() + within;
    this.#drain(() => this.#handleAll(this.#look(), end));
  }

  /**
   * Handles all records that a worker has logged by now. Call it before a task of the worker is settled.
   *
   * @param link What connects the worker.
   * @returns `undefined` if that is done, which is the rule; otherwise what to wait for.
   */
  settle(link: WorkerLink): Promise<void> | undefined {
    const worker = this.#workers.get(link);
    if (!worker) return undefined;
    const last = Atomics.load(this.#counter, 0);
    this.drain({ within: SLICE });
    if (worker.isBehind(last, isBefore)) return this.#settleSoon(worker, last);
    worker.tellOfLoss();
  }

  /**
   * Waits for the end of a worker that was terminated, and handles its last records.
   *
   * @param link What connects the worker.
   * @returns When that is done, whether the worker has ended. A thread that goes on without yielding is
   * waited for 100 ms; its records are collected as long as it and the program live.
   */
  async end(link: WorkerLink): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), GRACE);
    const hasEnded = await Promise.race([link.ended.then(() => true), promise]);
    timer.close();
    await this.settle(link);
    return hasEnded;
  }

  /** There is more than fits into one turn, or another worker is about to commit one that comes before. */
  async #settleSoon(worker: CollectedWorker, last: number): Promise<void> {
    while (worker.isBehind(last, isBefore)) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      this.drain({ within: SLICE });
    }
    worker.tellOfLoss();
  }

  /** Handles all records with lower numbers than one that this thread has just taken. */
  #catchUp(before: number): void {
    this.#drain(() => {
      const end = performance.now() + PATIENCE;
      for (let isAll = false; !isAll && performance.now() < end;) {
        const bound = this.#look();
        isAll = !isBefore(bound, before - 1);
        this.#handleAll(isAll ? before - 1 : bound, Infinity);
        if (!isAll) Atomics.wait(SLEEP, 0, 0, 0.05); // So that the worker gets to run.
      }
    });
  }

  #drain(handle: () => void): void {
    if (this.#isDraining) return; // A handler that logs has brought us here.
    this.#isDraining = true;
    try {
      runBatch(handle);
    } finally {
      this.#isDraining = false;
    }
  }

  #hasNews(): boolean {
    for (const { link, front } of this.#workers.values()) {
      if (front !== undefined || link.hasChanged) return true;
    }
    return false;
  }

  /** Takes a look at all workers. Returns the number up to which nothing can be missing. */
  #look(): number {
    // Before the bound: what is committed in between is seen, but comes after it, and is to wake us.
    for (const { link } of this.#workers.values()) link.mark();
    let bound = Atomics.load(this.#counter, 0); // What comes later has a higher number.
    for (const worker of this.#workers.values()) {
      const low = worker.low();
      if (low !== undefined && isBefore(low, bound)) bound = low;
    }
    for (const worker of this.#workers.values()) this.#read(worker, () => worker.look());
    return bound;
  }

  #handleAll(bound: number, end: number): void {
    for (let next = this.#next(bound); next;) {
      const { enter } = next.recipient;
      next = enter(() => this.#handleStretch(enter, bound, end));
    }
    for (const worker of this.#workers.values()) worker.passOnCounts();
  }

  /** Handles records that belong to one run. Returns whose comes next, if it is to go on. */
  #handleStretch(enter: RunInContext, bound: number, end: number): CollectedWorker | undefined {
    let next = this.#next(bound);
    for (let count = 1; next?.recipient.enter === enter; count++) {
      const worker = next;
      const seq = this.#sequence.unwrap(worker.front ?? 0);
      this.#read(worker, () => worker.handleNext(seq));
      if (count % STRIDE === 0 && performance.now() > end) return undefined;
      next = this.#next(bound);
    }
    return next;
  }

  /** The worker whose next record comes first of all; none, if that comes after the bound. */
  #next(bound: number): CollectedWorker | undefined {
    let first: CollectedWorker | undefined;
    for (const worker of this.#workers.values()) {
      if (worker.front === undefined) continue;
      if (first?.front === undefined || isBefore(worker.front, first.front)) first = worker;
    }
    return first?.front === undefined || isBefore(bound, first.front) ? undefined : first;
  }

  /** Memory that is damaged must not keep the records of other workers back. */
  #read(worker: CollectedWorker, read: () => void): void {
    try {
      read();
    } catch (error) {
      reportFailure("The records of a worker can't be read any more", error, "paralog.relay");
      this.#remove(worker);
    }
  }

  async #watch(worker: CollectedWorker): Promise<void> {
    while (!worker.hasEnded) {
      if (worker.front === undefined) await worker.link.changed();
      if (worker.hasEnded) return; // This is what has woken us.
      if (!this.#pause) this.drain({ within: SLICE });
      await this.#nextTurn();
    }
  }

  /** Lets everything else have its turn, which also lets records gather. Keeps no program alive. */
  #nextTurn(): Promise<void> {
    this.#pause ??= this.#startPause();
    return this.#pause.over;
  }

  #startPause(): Pause {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#endPause(), 0);
    timer.unref();
    return { over, resolve, timer };
  }

  #endPause(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    pause?.timer.close();
    pause?.resolve();
  }

  async #end(worker: CollectedWorker): Promise<void> {
    worker.hasEnded = true;
    await this.settle(worker.link);
    this.#remove(worker);
  }

  #remove(worker: CollectedWorker): void {
    if (!this.#workers.delete(worker.link)) return;
    worker.close();
    if (this.#workers.size > 0) return;
    this.#endPause(); // So that no timer is left behind.
    this.#registration?.[Symbol.dispose]();
    this.#registration = undefined;
  }
}
