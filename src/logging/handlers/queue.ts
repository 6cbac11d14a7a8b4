/**
 * The handler that puts records into a queue, for a listener to handle them.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import type { LogRecord } from "../record.ts";
import type { QueueListener } from "../queues/queue_listener.ts";
import { checkOptionNames } from "../queues/option_names.ts";
import { RecordQueue } from "../queues/record_queue.ts";

const OPTIONS: readonly (keyof QueueHandlerOptions)[] = [
  ...["name", "level", "formatter", "filters", "listener"] as const,
];

/** Options of {@linkcode QueueHandler}. */
export interface QueueHandlerOptions extends HandlerOptions {
  /**
   * The listener that belongs to the handler, and is stopped with it: see
   * {@linkcode QueueHandler.listener}.
   *
   * @default undefined
   */
  listener?: QueueListener<unknown>;
}

/**
 * Puts records into a queue, so that code which logs need not wait for what handlers do.
 *
 * With a `RecordQueue` in the same thread nothing is lost when the program, or the task, ends: what is
 * queued then is handled first. Extend it for another queue, such as a socket: override `enqueue`.
 *
 * Ported from CPython's `logging.handlers.QueueHandler`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger } from "@paralog/paralog/logging";
 * import { QueueHandler, QueueListener, RecordQueue } from "@paralog/paralog/logging";
 *
 * const queue = new RecordQueue();
 * const listener = new QueueListener(queue, [new ConsoleHandler()]);
 * listener.start();
 * getLogger().addHandler(new QueueHandler(queue, { listener })); // Ends with the handler.
 * getLogger().warn("look out");
 * ```
 */
export class QueueHandler<Q = RecordQueue> extends Handler {
  /** Where records are put. */
  readonly queue: Q;
  /**
   * The listener that belongs to the handler; `dictConfig` sets it. When the handler is closed, it is
   * stopped and its handlers are closed; it is started again if the handler is used again.
   */
  listener: QueueListener<unknown> | undefined;
  #wasStopped = false;
  /** The end of what async `enqueue` has begun. */
  #sending: Promise<void> | undefined;

  /**
   * Makes a handler.
   *
   * @param queue The queue.
   * @param options As for every handler, and the listener that belongs to it.
   * @throws {TypeError} If an option is unknown.
   */
  constructor(queue: Q, options: QueueHandlerOptions = {}) {
    checkOptionNames("make a QueueHandler", options, OPTIONS);
    super(options);
    this.queue = queue;
    this.listener = options.listener;
  }

  /**
   * Prepares the record and puts it into the queue.
   *
   * @param record The record.
   */
  override emit(record: LogRecord): void {
    if (this.#wasStopped) {
      this.#wasStopped = false;
      if (this.listener?.started === false) this.listener.start();
    }
    const prepared = this.prepare(record);
    // One after the other: sockets of ZeroMQ, for one, refuse to send while they are sending.
    if (this.#sending) return this.#send(this.#sending.then(() => this.enqueue(prepared)), record);
    const enqueued = this.enqueue(prepared);
    if (enqueued instanceof Promise) this.#send(enqueued, record);
  }

  /**
   * Makes of a record what is put into the queue. With a formatter the message becomes the text that
   * it makes, and the error and the stack, which are in the text, are taken off; without one the
   * record is passed on as it is: it is plain data, so nothing has to be taken off, as it has in
   * Python.
   *
   * @param record The record.
   * @returns The record to put.
   */
  prepare(record: LogRecord): LogRecord {
    if (!this.hasFormatter) return record;
    const { error: _error, stack: _stack, ...rest } = record;
    return { ...rest, msg: this.format(record), args: [] };
  }

  /**
   * Puts a record into the queue. Override it for a queue that is no `RecordQueue`; where it returns
   * a promise, the next record waits for it.
   *
   * @param record What `prepare` made.
   * @throws {TypeError} If the queue has no method `put`.
   */
  enqueue(record: LogRecord): void | Promise<void> {
    if (this.queue instanceof RecordQueue) return this.queue.put(record);
    throw new TypeError(
      `Cannot enqueue a record: the queue of ${this.constructor.name} is no RecordQueue; ` +
        "override enqueue(record)",
    );
  }

  /**
   * Has the listener of a `RecordQueue` handle all that is queued, and flush its handlers.
   *
   * @returns A promise if something needs time.
   */
  override flush(): void | Promise<void> {
    const flushed = this.#flushQueue();
    return this.#sending ? this.#sending.then(() => flushed) : flushed;
  }

  /**
   * Flushes; then stops the `listener`, if it has one, and closes its handlers. What stays in a
   * `RecordQueue` without a listener is reported on stderr, once.
   *
   * @returns A promise if something needs time.
   */
  override close(): void | Promise<void> {
    const flushed = this.flush();
    const { listener } = this;
    if (!listener) {
      this.#reportLeft();
      return flushed;
    }
    this.#wasStopped = listener.started || this.#wasStopped;
    const stopped = listener[Symbol.asyncDispose]();
    this.#reportLeft();
    return Promise.all([flushed, stopped]).then(() => {});
  }

  #flushQueue(): void | Promise<void> {
    if (this.queue instanceof RecordQueue) return this.queue.consumer?.flush();
  }

  #send(sent: Promise<void>, record: LogRecord): void {
    const sending = sent.catch((error) => this.handleError(record, error)).finally(() => {
      if (this.#sending === sending) this.#sending = undefined;
    });
    this.#sending = sending;
  }

  #reportLeft(): void {
    if (this.queue instanceof RecordQueue) this.queue.reportLeft();
  }
}
