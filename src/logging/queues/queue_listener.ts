/**
 * The listener: takes records out of a queue and hands them to handlers.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { type Handler, reportLoggingError } from "../handler.ts";
import { display } from "../text/inspect.ts";
import type { LogRecord } from "../record.ts";
import { type StdHandler, toHandler } from "../std_log.ts";
import { DequeueLoop } from "./dequeue_loop.ts";
import { checkOptionNames } from "./option_names.ts";
import { flushHandlers, safely } from "./safely.ts";
import { type RecordConsumer, RecordQueue } from "./record_queue.ts";

/** Runs a function in the context in which the listener was started. */
type Snapshot = <T>(fn: () => T) => T;

/** What ends the listening, once it was started. */
interface Listening {
  stop(): void | Promise<void>;
  /** Whether the code that asks is called by the handling of a record. */
  isHandling(): boolean;
}

const OPTIONS: readonly (keyof QueueListenerOptions)[] = [
  ...["respectHandlerLevel", "maxFailures", "drainTime"] as const,
];

/** Options of {@linkcode QueueListener}. */
export interface QueueListenerOptions {
  /**
   * Whether a handler gets only the records from its level up; if not, it gets all, as in Python.
   *
   * @default false
   */
  readonly respectHandlerLevel?: boolean;
  /**
   * For a `dequeue` of your own: after how many failures in a row the listener ends, with a report on
   * stderr. The pauses between them grow up to 100 ms.
   *
   * @default 100
   */
  readonly maxFailures?: number;
  /**
   * For a `dequeue` of your own: how long the queue has to be silent, in milliseconds, until `stop`
   * ends without a sentinel.
   *
   * @default 100
   */
  readonly drainTime?: number;
}

/**
 * Takes records out of a queue and hands them to handlers, which need not be attached to any logger.
 * So what a handler does takes no time of the code that logs.
 *
 * Extend it for another queue: override `dequeue`, and `enqueueSentinel` if the queue can carry an
 * end. A listener alone does not keep a program alive. Records are given to the handlers themselves,
 * not to loggers, so a logger with a `QueueHandler` on the same queue makes no loop.
 *
 * Ported from CPython's `logging.handlers.QueueListener`.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger } from "@paralog/paralog/logging";
 * import { QueueHandler, QueueListener, RecordQueue } from "@paralog/paralog/logging";
 *
 * const queue = new RecordQueue();
 * await using listener = new QueueListener(queue, [new ConsoleHandler()]);
 * listener.start();
 * getLogger().addHandler(new QueueHandler(queue));
 * getLogger().warn("look out");
 * ```
 */
export class QueueListener<Q = RecordQueue> implements Disposable, AsyncDisposable {
  /** Where records come from. */
  readonly queue: Q;
  /** Who gets them, in this order. */
  readonly handlers: readonly Handler[];
  /** Whether a handler gets only the records from its level up. */
  readonly respectHandlerLevel: boolean;
  readonly #maxFailures: number;
  readonly #drainTime: number;
  /** `undefined` when not started. */
  #listening: Listening | undefined;
  #loop: DequeueLoop | undefined;
  /** Whether handling the record that is handled, or was handled last, takes time. */
  #takesTime = false;

  /**
   * Makes a listener; `start` lets it listen.
   *
   * @param queue The queue.
   * @param handlers Who gets the records, in this order.
   * @param options Which records each handler gets.
   * @throws {TypeError} If the handlers are none, or an option is unknown.
   * @throws {RangeError} If a number is out of range.
   */
  constructor(
    queue: Q,
    handlers: readonly (Handler | StdHandler)[],
    options: QueueListenerOptions = {},
  ) {
    if (!Array.isArray(handlers)) {
      throw new TypeError(
        `Cannot make a listener: current value of handlers is ${display(handlers)}, ` +
          "allowed is a list of handlers",
      );
    }
    checkOptionNames("make a listener", options, OPTIONS);
    this.queue = queue;
    this.handlers = handlers.map(toHandler);
    this.respectHandlerLevel = options.respectHandlerLevel ?? false;
    this.#maxFailures = atLeast(1, "maxFailures", options.maxFailures ?? 100);
    this.#drainTime = atLeast(0, "drainTime", options.drainTime ?? 100);
  }

  /** Whether it was started, and has not ended. */
  get started(): boolean {
    return this.#listening !== undefined;
  }

  /**
   * Begins to listen.
   *
   * @throws {Error} If it listens already, or another listener has the queue.
   * @throws {TypeError} If the queue is no `RecordQueue` and `dequeue` is not overridden.
   */
  start(): void {
    if (this.#listening) {
      throw new Error(`Cannot start ${this.constructor.name}: Listener already started`);
    }
    if (this.dequeue !== QueueListener.prototype.dequeue) this.#listenByDequeue();
    else if (this.queue instanceof RecordQueue) this.#listenTo(this.queue);
    else {
      throw new TypeError(
        `Cannot start ${this.constructor.name}: its queue is ${display(this.queue)}, which is no ` +
          "RecordQueue; override dequeue()",
      );
    }
  }

  /**
   * Handles everything that was put before, ends, and flushes the handlers. It may be started again.
   * Without a start it only flushes.
   *
   * With a `RecordQueue`, all that needs no waiting is done when this returns. With a `dequeue` of
   * your own it ends at the sentinel, or when nothing has come for a while (`drainTime`), at the
   * latest after five seconds.
   *
   * Handlers are not closed, as in Python: they may have other work. `await using`, and the end of a
   * `QueueHandler` whose `listener` this is, close them.
   *
   * Within an async `handle` it does not wait for the end, of which that is a part: the listener ends
   * when what was put before has been handled.
   *
   * @returns When the handlers have flushed; within an async `handle`, at once. Never rejects.
   */
  stop(): Promise<void> {
    return this.#end({ close: false });
  }

  /** Stops, and closes the handlers, the last one first. */
  [Symbol.dispose](): void {
    this.#end({ close: true });
  }

  /** Stops, and closes the handlers, the last one first. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#end({ close: true });
  }

  /**
   * Flushes the handlers.
   *
   * @returns A promise if one of them needs time. Never rejects.
   */
  flush(): void | Promise<void> {
    return flushHandlers(this.handlers, { close: false });
  }

  /**
   * Waits for the next record. Override it for a queue that is no `RecordQueue`.
   *
   * One that throws is asked again after a pause. Overriding it for a `RecordQueue` is possible, but
   * then the policy "block" has nobody to hand records to.
   *
   * @param signal Aborted when the listener ends; it does not wait any longer then.
   * @returns The record; `undefined` is the sentinel, at which the listener ends.
   */
  dequeue(signal: AbortSignal): LogRecord | undefined | Promise<LogRecord | undefined> {
    return this.queue instanceof RecordQueue ? this.queue.get(signal) : undefined;
  }

  /**
   * Changes a record before it is handled. Override it to unpack what a handler's `prepare` packed.
   *
   * @param record The record from the queue.
   * @returns The record for the handlers.
   */
  prepare(record: LogRecord): LogRecord {
    return record;
  }

  /**
   * Handles one record: prepares it, and gives it to the handlers.
   *
   * An override may give it to `getLogger(record.name)` instead, as Python's cookbook does. Should that
   * logger have a handler that puts it into the same queue again, the queue refuses it.
   *
   * An override may be async. The next record is handled when it has ended, and meanwhile others wait in
   * the queue. At `Deno.exit()` nobody waits for it: await `stop` before.
   *
   * @param record The record from the queue.
   * @returns A promise if it takes time.
   */
  handle(record: LogRecord): void | Promise<void> {
    const prepared = this.prepare(record);
    for (const handler of this.handlers) {
      if (this.respectHandlerLevel && prepared.level < handler.level) continue;
      try {
        handler.handle(prepared);
      } catch (error) { // Its `handle` is overridden. The others get the record all the same.
        reportLoggingError(`${handler.constructor.name} could not handle a record`, record, error);
      }
    }
  }

  /**
   * Puts the end into the queue, for `stop`. Override it for a queue that is no `RecordQueue` and can
   * carry something that `dequeue` answers with `undefined`.
   */
  enqueueSentinel(): void | Promise<void> {
    if (this.queue instanceof RecordQueue) this.queue.putSentinel();
  }

  /** Where nothing needs time, all is done when this returns: when a program ends, nobody waits. */
  #end(options: { readonly close: boolean }): Promise<void> {
    const isWithin = this.#listening?.isHandling() ?? false;
    const ended = this.#listening?.stop();
    if (!ended) return Promise.resolve(flushHandlers(this.handlers, options));
    const flushed = ended.then(() => flushHandlers(this.handlers, options));
    // Whether that handling waits for something is known when the code that calls has returned.
    return isWithin ? Promise.resolve().then(() => this.#takesTime ? undefined : flushed) : flushed;
  }

  #listenTo(queue: RecordQueue): void {
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>();
    const end = () => {
      if (queue.consumer !== consumer) return;
      queue.detach();
      this.#listening = undefined;
      onEnded();
    };
    const consumer: RecordConsumer = {
      consume: (record) => this.#handleSafely(record),
      onSentinel: end,
      flush: () => this.#flushAfter(queue),
    };
    queue.attach(consumer);
    let isStopping = false;
    this.#listening = {
      isHandling: () => queue.isHandling,
      stop: () => {
        if (isStopping) return ended; // A second sentinel would end the next start.
        isStopping = true;
        const sent = this.#sendSentinel();
        // Called by a handler, it waits for the work that it is part of, which finds the sentinel.
        if (queue.isDraining) return ended;
        const drained = queue.drain();
        if (!drained) {
          end();
          return sent;
        }
        drained.then(end); // Should there be no sentinel: it may be overridden.
        return ended;
      },
    };
  }

  /** Flushes when all that waits has been handled; within the handling of a record, at once. */
  #flushAfter(queue: RecordQueue): void | Promise<void> {
    const drained = queue.drain();
    return drained && !queue.isHandling ? drained.then(() => this.flush()) : this.flush();
  }

  #listenByDequeue(): void {
    // Handlers see the realm and the context in which the listener was started, not those of whoever
    // logs, as Python's see a thread of their own. A `RecordQueue` does the same.
    const inContext: Snapshot = AsyncLocalStorage.snapshot();
    const loop = new DequeueLoop({
      name: this.constructor.name,
      dequeue: (signal) => inContext(() => this.dequeue(signal)),
      handle: (record) => this.#handleSafely(record),
      maxFailures: this.#maxFailures,
      drainTime: this.#drainTime,
    }, this.#loop);
    this.#loop = loop;
    let stopped: Promise<void> | undefined;
    const listening = {
      isHandling: () => loop.isHandling,
      stop: () => stopped ??= Promise.resolve(this.#sendSentinel()).then(() => loop.stop()),
    };
    this.#listening = listening;
    loop.ended.then(() => {
      if (this.#listening === listening) this.#listening = undefined;
    });
  }

  #sendSentinel(): void | Promise<void> {
    const what = `${this.constructor.name} could not put its sentinel`;
    return safely(what, () => this.enqueueSentinel());
  }

  /** Never throws or rejects: a record that can't be handled does not end the listening. */
  #handleSafely(record: LogRecord): void | Promise<void> {
    const report = (error: unknown) =>
      reportLoggingError(`${this.constructor.name} could not handle a record`, record, error);
    try {
      const handled = this.handle(record);
      this.#takesTime = handled instanceof Promise;
      if (handled instanceof Promise) return handled.catch(report);
    } catch (error) {
      report(error);
    }
  }
}

function atLeast(min: number, name: string, value: number): number {
  if (value >= min) return value;
  throw new RangeError(
    `Cannot make a listener: current value of ${name} is ${display(value)}, ` +
      `allowed are numbers from ${min}`,
  );
}
