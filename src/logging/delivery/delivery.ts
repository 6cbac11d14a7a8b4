/**
 * The way of records to a peer that may be slow, or gone for a while: what all handlers that send
 * have in common.
 *
 * @module
 */

import { reportLoggingError } from "../handler.ts";
import type { LogRecord } from "../record.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { checkWhole } from "../check_option.ts";
import { SendError, UndeliveredError } from "./delivery_error.ts";
import { countRecords, DeliveryLoss } from "./delivery_loss.ts";
import { Fifo } from "../queues/fifo.ts";

/** Options of every handler that sends records to a peer. */
export interface DeliveryOptions extends BackoffOptions {
  /**
   * How many records wait at most while the peer can't be reached, or is slow. When they are more,
   * the oldest is dropped and counted.
   *
   * @default 10000
   */
  capacity?: number;
  /**
   * How long one attempt to send may take, in milliseconds. An attempt keeps the program alive.
   *
   * @default 5000
   */
  timeout?: number;
  /**
   * How long `flush` and `close` wait for a peer, in milliseconds.
   *
   * @default 5000
   */
  flushTimeout?: number;
}

/** What a handler knows of its peer, and how it sends. */
export interface Peer<T> {
  /** What it is called in reports, such as "127.0.0.1:9020". */
  readonly name: string;
  /** How many items are sent at once at most. */
  readonly batchSize: number;
  /** Turns a record into what is sent; done when it is logged, so that later changes do not show. */
  pack(record: LogRecord): T;
  /**
   * Sends some items. Rejects with a {@linkcode SendError} where some of them were sent, or will never
   * be taken; with anything else, all are sent again.
   */
  send(items: readonly T[], signal: AbortSignal): Promise<void>;
  /** Lets go of a connection. The next items open another one. */
  disconnect(): void | Promise<void>;
  /** Tells what went wrong; called seldom. */
  report(record: LogRecord, error: unknown): void;
}

/** A record on its way. */
interface Entry<T> {
  readonly record: LogRecord;
  readonly payload: T;
  /** Its place in the order of all that was pushed; a notice has that of the record after it. */
  readonly index: number;
  /** How many dropped records it tells the peer of; 0 if it is no such notice. */
  readonly tellsOf: number;
}

/**
 * A bounded buffer of records, and one loop that sends them in order and in batches. What could not
 * be sent is sent again, later and later; what the peer refuses is given up. Nothing here throws at
 * the program, waits without end, or keeps a program alive whose peer is gone.
 *
 * Every record is delivered, or counted in {@linkcode Delivery.dropped} and reported: on stderr, and
 * what was dropped because too many waited also to the peer, in a WARN record once it is back.
 */
export class Delivery<T> {
  readonly #peer: Peer<T>;
  readonly #capacity: number;
  readonly #timeout: number;
  readonly #flushTimeout: number;
  readonly #backoff: Backoff;
  readonly #loss: DeliveryLoss;
  readonly #flushes = new Set<{ upTo: number; resolve(): void }>();
  #waiting = new Fifo<Entry<T>>();
  #batch: readonly Entry<T>[] = [];
  #attempt: { readonly control: AbortController; readonly ended: Promise<void> } | undefined;
  #running = false;
  #lastError: { readonly cause: unknown } | undefined;
  #nextIndex = 0;
  #dropped = 0;
  #flushedInVain = -Infinity;

  /**
   * Makes a delivery; nothing is opened before the first record.
   *
   * @param peer Where the records go.
   * @param options How much waits, and for how long.
   * @throws {TypeError} If an option is no number.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(peer: Peer<T>, options: DeliveryOptions = {}) {
    this.#peer = peer;
    this.#loss = new DeliveryLoss(peer.name);
    this.#capacity = checkWhole("capacity", options.capacity ?? 10_000, 1);
    this.#timeout = checkWhole("timeout", options.timeout ?? 5000, 1);
    this.#flushTimeout = checkWhole("flushTimeout", options.flushTimeout ?? 5000, 1);
    this.#backoff = new Backoff(options);
  }

  /** How many records were lost: dropped, refused by the peer, or not delivered when it was closed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many records are on their way. */
  get pending(): number {
    return countOf(this.#batch) + this.#waiting.length;
  }

  /**
   * Takes a record.
   *
   * @param record The record.
   * @throws {Error} What `pack` throws, a formatter's error for example.
   */
  push(record: LogRecord): void {
    const payload = this.#peer.pack(record);
    if (this.#waiting.length >= this.#capacity) this.#dropOldest();
    this.#waiting.push({ record, payload, index: this.#nextIndex++, tellsOf: 0 });
    if (this.#running) return;
    this.#running = true;
    addEventListener("unload", this.#onUnload);
    this.#run();
  }

  /** Tries at once, and waits until what was pushed before is delivered or the time is up. */
  async flush(): Promise<void> {
    const upTo = this.#nextIndex;
    if (this.#oldestIndex() >= upTo) return;
    this.#backoff.reset();
    const { promise, resolve } = Promise.withResolvers<void>();
    const flush = { upTo, resolve };
    const timer = setTimeout(() => {
      this.#flushedInVain = performance.now();
      resolve();
    }, this.#flushTimeout);
    this.#flushes.add(flush);
    await promise;
    this.#flushes.delete(flush);
    clearTimeout(timer);
  }

  /** Flushes, gives up what could not be delivered, and disconnects. It can be used again. */
  async close(): Promise<void> {
    const upTo = this.#nextIndex;
    // Who has just flushed in vain, as the end of a realm does, need not wait for the same again.
    if (performance.now() - this.#flushedInVain >= this.#flushTimeout) await this.flush();
    if (this.#oldestIndex() < upTo) {
      this.#reportUndelivered("when the handler was closed");
      this.#giveUpAll();
      this.#attempt?.control.abort(new Error("the handler was closed"));
    }
    await this.#attempt?.ended;
    if (this.#oldestIndex() === Infinity) await this.#peer.disconnect();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // What is logged in one go is one batch.
    while (this.#takeBatch()) {
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const control = new AbortController();
      this.#attempt = { control, ended };
      const retryAfter = await this.#send(this.#batch, control);
      this.#attempt = undefined;
      resolve();
      this.#resolveFlushes();
      if (retryAfter !== undefined) await this.#backoff.wait(retryAfter);
    }
    this.#running = false;
    removeEventListener("unload", this.#onUnload);
  }

  /** Takes the next items, unless some wait to be sent again. A notice of a gap stands in the gap. */
  #takeBatch(): boolean {
    if (this.#batch.length > 0) return true;
    const batch: Entry<T>[] = [];
    const notice = this.#takeNotice();
    if (notice) batch.push(notice);
    while (batch.length < this.#peer.batchSize) {
      const entry = this.#waiting.shift();
      if (!entry) break;
      batch.push(entry);
    }
    this.#batch = batch;
    return batch.length > 0;
  }

  #takeNotice(): Entry<T> | undefined {
    const next = this.#waiting.peek();
    const tellsOf = this.#loss.count;
    const record = next && this.#loss.takeNotice();
    if (!record) return undefined;
    try {
      return { record, payload: this.#peer.pack(record), index: next.index, tellsOf };
    } catch (error) {
      this.#report(record, error);
      return undefined;
    }
  }

  /** Returns how long to wait at least before the next attempt; `undefined` if there is no need to. */
  async #send(batch: readonly Entry<T>[], control: AbortController): Promise<number | undefined> {
    const timer = setTimeout(
      () => control.abort(new Error(`no success within ${this.#timeout} ms`)),
      this.#timeout,
    );
    try {
      await this.#peer.send(batch.map((entry) => entry.payload), control.signal);
      if (batch === this.#batch) this.#onAnswered(batch.length);
    } catch (error) {
      if (batch === this.#batch) return this.#onFailure(error);
    } finally {
      clearTimeout(timer);
    }
    return undefined;
  }

  /** The peer is there, and is done with that many items. */
  #onAnswered(count: number): void {
    this.#batch = this.#batch.slice(count);
    this.#lastError = undefined;
    this.#flushedInVain = -Infinity;
    this.#backoff.reset();
  }

  #onFailure(error: unknown): number | undefined {
    const { delivered, refused, retryAfter } = error instanceof SendError
      ? error
      : { delivered: 0, refused: 0, retryAfter: 0 };
    if (delivered > 0) this.#onAnswered(delivered);
    if (refused > 0) {
      this.#onRefused(refused, error);
      return undefined;
    }
    const isNew = this.#lastError === undefined;
    this.#lastError = { cause: error };
    const [first] = this.#batch;
    if (isNew && first) {
      const waiting = countRecords(this.pending);
      const message = `cannot send to ${this.#peer.name}, ${waiting} will be sent later`;
      this.#report(first.record, new UndeliveredError(message, { lost: 0, cause: error }));
    }
    return retryAfter;
  }

  #onRefused(count: number, cause: unknown): void {
    const refused = this.#batch.slice(0, count);
    this.#onAnswered(count);
    this.#dropped += refused.filter((entry) => entry.tellsOf === 0).length;
    const [first] = refused;
    if (!first) return;
    const lost = countOf(refused);
    const message = `${this.#peer.name} refused ${countRecords(lost)}`;
    this.#report(first.record, new UndeliveredError(message, { lost, cause }));
  }

  #dropOldest(): void {
    const entry = this.#waiting.shift();
    if (!entry) return;
    this.#dropped++;
    this.#loss.add(entry.record, this.#lastError ? "could not be reached" : "was too slow");
    this.#resolveFlushes();
    const { count } = this.#loss;
    if (!Number.isInteger(Math.log10(count))) return;
    const message = `${this.#loss}, the newest ${this.#capacity} wait`;
    this.#report(entry.record, new UndeliveredError(message, { lost: count, ...this.#lastError }));
  }

  /** A program that ends, or `Deno.exit`, leaves no time to send: then at least it is said. */
  readonly #onUnload = (): void => this.#reportUndelivered("when the program ended");

  #reportUndelivered(when: string): void {
    const first = this.#batch[0] ?? this.#waiting.peek();
    if (!first) return;
    const lost = this.pending + this.#loss.count;
    const message = `${countRecords(lost)} not delivered to ${this.#peer.name} ${when}`;
    this.#report(first.record, new UndeliveredError(message, { lost, ...this.#lastError }));
  }

  #giveUpAll(): void {
    const inBatch = this.#batch.filter((entry) => entry.tellsOf === 0).length;
    this.#dropped += inBatch + this.#waiting.length;
    this.#batch = [];
    this.#waiting = new Fifo();
    this.#loss.clear();
    this.#lastError = undefined;
    this.#flushedInVain = -Infinity;
    this.#backoff.reset();
    this.#resolveFlushes();
  }

  /** Reporting is the handler's and may be anybody's: it must not end the loop. */
  #report(record: LogRecord, error: unknown): void {
    try {
      this.#peer.report(record, error);
    } catch (failure) {
      reportLoggingError(`${this.#peer.name}: handleError itself failed`, record, failure);
    }
  }

  /** The place of the oldest record that is neither delivered nor given up. */
  #oldestIndex(): number {
    return (this.#batch[0] ?? this.#waiting.peek())?.index ?? Infinity;
  }

  #resolveFlushes(): void {
    const oldest = this.#oldestIndex();
    for (const flush of this.#flushes) if (oldest >= flush.upTo) flush.resolve();
  }
}

/** How many records they are; a notice counts for those that it tells of. */
function countOf(entries: readonly Entry<unknown>[]): number {
  return entries.reduce((sum, entry) => sum + (entry.tellsOf || 1), 0);
}
