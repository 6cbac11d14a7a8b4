/**
 * The queue between a `QueueHandler` and a `QueueListener` of the same thread.
 *
 * @module
 */

import { display } from "../text/inspect.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { DropCount } from "./drop_count.ts";
import { LoopGuard } from "./loop_guard.ts";
import { reportFailure } from "./safely.ts";
import { RecordLine, SENTINEL } from "./record_line.ts";

/** What a full queue does with one record more; see {@linkcode RecordQueueOptions}. */
export type QueuePolicy = "block" | "dropOldest" | "dropNewest" | "dropBelow";

const POLICIES: readonly QueuePolicy[] = ["block", "dropOldest", "dropNewest", "dropBelow"];

/** Options of {@linkcode RecordQueue}. */
export interface RecordQueueOptions {
  /**
   * How many records may wait; 0 and less is no bound, as in Python.
   *
   * @default 0
   */
  readonly maxSize?: number;
  /**
   * What happens when that many wait already.
   *
   * - "block": whoever logs does the listener's work: the record that waits longest is handled at
   *   once, and nothing is lost. (To wait, as in Python, would stop the listener too: it runs in the
   *   same thread.) While no listener is started, the new record is dropped.
   * - "dropOldest": the record that waits longest is dropped.
   * - "dropNewest": the new record is dropped.
   * - "dropBelow": the record below `dropLevel` that waits longest is dropped; if none waits, the new
   *   one, if it is below; else as "block".
   *
   * @default "block"
   */
  readonly policy?: QueuePolicy;
  /**
   * With "dropBelow": records from this level up are kept.
   *
   * @default "WARN"
   */
  readonly dropLevel?: Level;
}

/** Who takes records out of a queue as soon as they are there: a listener that was started. */
export interface RecordConsumer {
  /** Handles a record; never throws. */
  consume(record: LogRecord): void;
  /** Is told that the sentinel has come: detaches itself from the queue. */
  onSentinel(): void;
  /** Writes out what its handlers still hold. */
  flush(): void | Promise<void>;
}

/**
 * Records that wait to be handled, in one thread. What a bound made it drop is counted, and reported
 * as one record of the logger "paralog.queue", which is the next to be taken out.
 *
 * A record that came out of a queue is not put into it again: it would go round for ever.
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
  #isScheduled = false;
  #isDraining = false;
  #isReadByHand = false;
  #isLeftReported = false;
  readonly #drops = new DropCount();
  readonly #loops = new LoopGuard();

  /**
   * Makes an empty queue.
   *
   * @param options Its bound, and what happens there.
   * @throws {TypeError} If `maxSize` is no number.
   * @throws {RangeError} If it is not whole, or there is no such policy or level.
   */
  constructor(options: RecordQueueOptions = {}) {
    const { maxSize = 0, policy = "block", dropLevel = LEVELS.WARN } = options;
    this.maxSize = checkMaxSize(maxSize);
    if (!POLICIES.includes(policy)) {
      throw new RangeError(
        `Cannot make a queue: current value of policy is ${display(policy)}, ` +
          `allowed are ${POLICIES.join(", ")}`,
      );
    }
    this.policy = policy;
    this.dropLevel = parseLevel(dropLevel);
  }

  /** How many records wait. */
  get size(): number {
    return this.#line.size;
  }

  /** How many records were dropped so far. */
  get dropped(): number {
    return this.#drops.total;
  }

  /** Whether its listener is at work right now. */
  get isDraining(): boolean {
    return this.#isDraining;
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
    if (this.#loops.refuses(record, this.#isDraining)) return;
    if (!this.#makeRoom(record)) return this.#drops.add(record);
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
    this.#isReadByHand = true;
    const next = this.#next();
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
    this.#isReadByHand = true;
    const next = this.#next();
    return next === SENTINEL ? undefined : next;
  }

  /**
   * Gives every record to a consumer from now on; a listener's `start` does so.
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
    this.#wake();
  }

  /** Keeps the records from now on; a listener's `stop` does so. */
  detach(): void {
    this.#consumer = undefined;
  }

  /**
   * Has the listener handle everything that waits, before this returns. Without a listener that was
   * started, and from within its own work, it does nothing.
   */
  drain(): void {
    this.#handOver(() => true);
  }

  /**
   * Tells on stderr, once, of records that nobody will handle: no listener is started, and nobody has
   * taken any out.
   */
  reportLeft(): void {
    if (this.#consumer || this.#isReadByHand || this.#isLeftReported) return;
    const { unreported } = this.#drops;
    if (this.size === 0 && unreported === 0) return;
    this.#isLeftReported = true;
    const left = `${this.size} ${this.size === 1 ? "record is" : "records are"} left in a queue`;
    const what = unreported === 0 ? left : `${left}, and ${unreported} were dropped`;
    reportFailure(what, "no listener was started; use QueueListener.start()");
  }

  /** Has the listener handle what waits as long as that is wanted. */
  #handOver(isWanted: () => boolean): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      while (this.#consumer !== undefined && isWanted()) {
        const next = this.#next();
        if (next === undefined) return;
        if (next === SENTINEL) this.#consumer.onSentinel();
        else this.#consumer.consume(next);
      }
    } finally {
      this.#isDraining = false;
    }
  }

  /** What is the next to be taken out; it is taken out. */
  #next(): LogRecord | typeof SENTINEL | undefined {
    const next = this.#dropReport() ?? this.#line.take();
    if (next !== undefined && next !== SENTINEL) this.#loops.onTaken(next);
    return next;
  }

  #dropReport(): LogRecord | undefined {
    const { maxSize, policy } = this;
    return this.#drops.takeReport(`the queue of ${maxSize} was full (${policy})`, {
      policy,
      maxSize,
    });
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
    const oldest = this.#line.takeDroppable();
    if (oldest) this.#drops.add(oldest);
    return true;
  }

  #makeRoomByWork(): boolean {
    // What is logged while the listener works waits beyond the bound: the one before comes first.
    if (this.#isDraining) return true;
    this.#handOver(() => this.size >= this.maxSize);
    return this.size < this.maxSize;
  }

  #isBelow(record: LogRecord): boolean {
    return this.policy === "dropBelow" && record.level < this.dropLevel;
  }

  /** Tells whoever waits for a record; the listener works when the code that logged has returned. */
  #wake(): void {
    const [waiter] = this.#waiters;
    if (waiter) return waiter();
    if (!this.#consumer || this.#isScheduled || this.#isDraining) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.drain();
    });
  }
}

function checkMaxSize(maxSize: unknown): number {
  const text = "Cannot make a queue: current value of maxSize is";
  const allowed = "allowed are whole numbers; 0 and less is no bound";
  if (typeof maxSize !== "number") {
    throw new TypeError(`${text} ${display(maxSize)} (${typeof maxSize}), ${allowed}`);
  }
  if (!Number.isInteger(maxSize)) throw new RangeError(`${text} ${maxSize}, ${allowed}`);
  return maxSize <= 0 ? Infinity : maxSize;
}
