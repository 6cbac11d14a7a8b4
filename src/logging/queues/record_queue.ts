/**
 * The queue between a `QueueHandler` and a `QueueListener` of the same thread.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { runHandling } from "../handling.ts";
import type { LogRecord } from "../record.ts";
import { DropCount } from "./drop_count.ts";
import { HandlingContext } from "./handling_context.ts";
import { LoopGuard } from "./loop_guard.ts";
import { checkQueueOptions, type QueuePolicy, type RecordQueueOptions } from "./queue_options.ts";
import { reportFailure } from "./safely.ts";
import { RecordLine, SENTINEL } from "./record_line.ts";

export type { QueuePolicy, RecordQueueOptions } from "./queue_options.ts";

/** Runs a function in the context in which the listener was started. */
type Snapshot = <T>(fn: () => T) => T;

/** Who takes records out of a queue as soon as they are there: a listener that was started. */
export interface RecordConsumer {
  /**
   * Handles a record; never throws or rejects. It gets the next one when this returns, or when the
   * promise that it returns is fulfilled.
   */
  consume(record: LogRecord): void | Promise<void>;
  /** Is told that the sentinel has come: detaches itself from the queue. */
  onSentinel(): void;
  /** Writes out what its handlers still hold. */
  flush(): void | Promise<void>;
}

/**
 * Records that wait to be handled, in one thread. What a bound made it drop is counted, and reported
 * as one record of the logger "paralog.queue", where the gap is.
 *
 * A record that is being handled is not put into the queue again: it would go round for ever.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger } from "@paralog/paralog/logging";
 * import { QueueHandler, QueueListener, RecordQueue } from "@paralog/paralog/logging";
 *
 * const queue = new RecordQueue({ maxSize: 10_000, policy: "dropBelow", dropLevel: "INFO" });
 * await using listener = new QueueListener(queue, [new ConsoleHandler()]);
 * listener.start();
 * getLogger().addHandler(new QueueHandler(queue));
 * getLogger().warn("handled a moment later");
 * ```
 */
export class RecordQueue {
  /** How many records may wait; `Infinity` if there is no bound. */
  readonly maxSize: number;
  /** What happens when that many wait already. */
  readonly policy: QueuePolicy;
  /** With "dropBelow": records from this level up are kept. */
  readonly dropLevel: number;

  readonly #line = new RecordLine();
  readonly #waiters = new Set<() => void>();
  #consumer: RecordConsumer | undefined;
  #inContext: Snapshot = (fn) => fn();
  #isScheduled = false;
  /** Whether records are being handed over by somebody further up the stack. */
  #isHandingOver = false;
  /** The end of handling that takes time. */
  #handling: Promise<void> | undefined;
  #isReadByHand = false;
  #isLeftReported = false;
  #dropped = 0;
  #unreported = 0;
  readonly #context = new HandlingContext();
  readonly #loops = new LoopGuard();

  /**
   * Makes an empty queue.
   *
   * @param options Its bound, and what happens there.
   * @throws {TypeError} If `maxSize` is no number.
   * @throws {RangeError} If it is not whole, or there is no such policy or level.
   */
  constructor(options: RecordQueueOptions = {}) {
    const { maxSize, policy, dropLevel } = checkQueueOptions(options);
    this.maxSize = maxSize;
    this.policy = policy;
    this.dropLevel = dropLevel;
  }

  /** How many records wait. */
  get size(): number {
    return this.#line.size;
  }

  /** How many records were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether its listener is at work right now. */
  get isDraining(): boolean {
    return this.#isHandingOver || this.#handling !== undefined;
  }

  /** Whether the code that asks is called by the handling of a record of this queue. */
  get isHandling(): boolean {
    return this.#context.current !== undefined;
  }

  /** The listener that was started on it; it handles what is put. */
  get consumer(): RecordConsumer | undefined {
    return this.#consumer;
  }

  /**
   * Puts a record at the end, if there is room or the policy makes some. Never throws.
   *
   * @param record The record.
   */
  put(record: LogRecord): void {
    if (this.#loops.refuses(record, this.#context.cause)) return;
    if (!this.#makeRoom(record)) {
      this.#countDrop();
      return this.#line.drop(record);
    }
    // What is dropped first stands apart; with "dropOldest" that is everything.
    const isDroppable = this.policy === "dropOldest" || this.#isBelow(record);
    this.#line.push(record, { isDroppable });
    this.#wake();
  }

  /** Puts a sentinel at the end: who takes records out ends there. It needs no room. */
  putSentinel(): void {
    this.#line.pushSentinel();
    this.#wake();
  }

  /**
   * Takes out the record that waits longest, or waits for one. The waiting alone does not keep a
   * program alive.
   *
   * @param signal Ends the waiting.
   * @returns The record; `undefined` at a sentinel, and when the waiting was ended.
   */
  get(signal?: AbortSignal): Promise<LogRecord | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    const next = this.#nextByHand();
    if (next !== undefined) return Promise.resolve(next === SENTINEL ? undefined : next);
    return new Promise((resolve) => {
      const settle = (record: LogRecord | undefined) => {
        this.#waiters.delete(take);
        signal?.removeEventListener("abort", leave);
        resolve(record);
      };
      const take = () => settle(this.takeNow());
      const leave = () => settle(undefined);
      this.#waiters.add(take);
      signal?.addEventListener("abort", leave);
    });
  }

  /**
   * Takes out the record that waits longest.
   *
   * @returns The record; `undefined` if none waits, or at a sentinel, which is taken out.
   */
  takeNow(): LogRecord | undefined {
    const next = this.#nextByHand();
    return next === SENTINEL ? undefined : next;
  }

  /**
   * Gives every record to a consumer from now on, one after the other, in the context of this call; a
   * listener's `start` does so.
   *
   * @param consumer The listener.
   * @throws {Error} If another one has the queue already.
   */
  attach(consumer: RecordConsumer): void {
    if (this.#consumer !== undefined) {
      throw new Error(
        "Cannot listen to the queue: another listener is started on it; stop it first",
      );
    }
    this.#consumer = consumer;
    this.#inContext = AsyncLocalStorage.snapshot();
    this.#wake();
  }

  /** Keeps the records from now on; a listener's `stop` does so. */
  detach(): void {
    this.#consumer = undefined;
  }

  /**
   * Has the listener handle everything that waits: before this returns, unless handling takes time.
   * Without a listener that was started, and from within its own work, it does nothing.
   *
   * @returns A promise if handling takes time: of the end of all that waits now. Do not await it while
   * you handle a record yourself.
   */
  drain(): void | Promise<void> {
    this.#handOver(() => true);
    if (this.#handling) return this.#handledUpTo(this.#line.last);
  }

  /**
   * Tells on stderr, once, of records that nobody will handle: no listener is started, and nobody has
   * taken any out.
   */
  reportLeft(): void {
    if (this.#consumer || this.#isReadByHand || this.#isLeftReported) return;
    const unreported = this.#unreported;
    if (this.size === 0 && unreported === 0) return;
    this.#isLeftReported = true;
    const left = `${this.size} ${this.size === 1 ? "record is" : "records are"} left in a queue`;
    const what = unreported === 0 ? left : `${left}, and ${unreported} were dropped`;
    reportFailure(what, "no listener was started; use QueueListener.start()");
  }

  /** Has the listener handle what waits as long as that is wanted, or until it takes time. */
  #handOver(isWanted: () => boolean): void {
    if (this.isDraining) return;
    this.#isHandingOver = true;
    try {
      while (this.#consumer !== undefined && !this.#handling && isWanted()) {
        const next = this.#next();
        if (next === undefined) return;
        if (next === SENTINEL) this.#consumer.onSentinel();
        else this.#consume(this.#consumer, next);
      }
    } finally {
      this.#isHandingOver = false;
    }
  }

  #consume(consumer: RecordConsumer, record: LogRecord): void {
    const handled = this.#inContext(() =>
      runHandling(() => this.#context.run(record, () => consumer.consume(record)))
    );
    if (!handled) return;
    this.#handling = handled.then(() => {
      this.#handling = undefined;
      this.#handOver(() => true);
    });
  }

  /** Waits until all is handled up to a ticket. */
  async #handledUpTo(ticket: number): Promise<void> {
    do await this.#handling; while (this.#handling && this.#line.taken < ticket);
    // The last of them may have been taken out, and is being handled.
    if (this.#line.taken === ticket) await this.#handling;
  }

  #nextByHand(): LogRecord | typeof SENTINEL | undefined {
    this.#isReadByHand = true;
    const next = this.#next();
    this.#loops.onTakenByHand(next === SENTINEL ? undefined : next);
    return next;
  }

  /** What is the next to be taken out; it is taken out. */
  #next(): LogRecord | typeof SENTINEL | undefined {
    const next = this.#line.take();
    if (!(next instanceof DropCount)) return next;
    this.#unreported -= next.count;
    const { maxSize, policy } = this;
    return next.report(`the queue of ${maxSize} was full (${policy})`, { policy, maxSize });
  }

  #countDrop(): void {
    this.#dropped++;
    this.#unreported++;
  }

  /** Whether there is room for a record, now that the policy has done its part. */
  #makeRoom(record: LogRecord): boolean {
    if (this.size < this.maxSize) return true;
    switch (this.policy) {
      case "dropNewest":
        return false;
      case "dropOldest":
        return this.#dropOldest();
      case "dropBelow":
        if (this.#line.droppable > 0) return this.#dropOldest();
        return !this.#isBelow(record) && this.#makeRoomByWork();
      case "block":
        return this.#makeRoomByWork();
    }
  }

  #dropOldest(): true {
    this.#line.dropFirst();
    this.#countDrop();
    return true;
  }

  #makeRoomByWork(): boolean {
    // What is logged while the listener works waits beyond the bound: the one before comes first, and
    // nobody can be made to wait for work that takes time.
    if (this.isDraining) return true;
    this.#handOver(() => this.size >= this.maxSize);
    return this.size < this.maxSize || this.isDraining;
  }

  #isBelow(record: LogRecord): boolean {
    return this.policy === "dropBelow" && record.level < this.dropLevel;
  }

  /** Tells whoever waits for a record; the listener works when the code that logged has returned. */
  #wake(): void {
    const [waiter] = this.#waiters;
    if (waiter) return waiter();
    if (!this.#consumer || this.#isScheduled || this.isDraining) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.drain();
    });
  }
}
