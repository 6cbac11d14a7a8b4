/**
 * The loop of a listener whose queue is not ours: it waits for one record after the other.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { HandlingContext } from "./handling_context.ts";
import { reportFailure } from "./safely.ts";

/** The longest pause after a failure, in milliseconds. */
const MAX_PAUSE = 100;

/** How long a queue that never falls silent is listened to after `stop`, in milliseconds. */
const MAX_DRAIN = 5000;

/** What a loop works with. */
export interface DequeueLoopOptions {
  /** The listener, for reports. */
  readonly name: string;
  /** Waits for the next record; `undefined` is the sentinel. */
  readonly dequeue: (
    signal: AbortSignal,
  ) => LogRecord | undefined | Promise<LogRecord | undefined>;
  /** Handles a record; never throws. */
  readonly handle: (record: LogRecord) => void | Promise<void>;
  /** After how many failures in a row the loop ends. */
  readonly maxFailures: number;
  /** How long the queue has to be silent until the loop ends after `stop`, in milliseconds. */
  readonly drainTime: number;
}

/** Takes records from a queue and has them handled, until the sentinel or `stop`. */
export class DequeueLoop {
  /** When the loop has ended. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: DequeueLoopOptions;
  readonly #abort = new AbortController();
  readonly #context = new HandlingContext();
  /** What was asked of the queue and has not been answered: the next loop must not lose it. */
  #asked: Promise<LogRecord | undefined> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #isStopping = false;
  #stoppedAt = 0;

  /**
   * Begins to listen.
   *
   * @param options What to do.
   * @param before The loop that listened to the same queue before, if there was one.
   */
  constructor(options: DequeueLoopOptions, before?: DequeueLoop) {
    this.#options = options;
    if (before) this.#asked = before.#asked;
    this.ended = this.#run();
  }

  /** Whether the code that asks is called by the handling of a record. */
  get isHandling(): boolean {
    return this.#context.current !== undefined;
  }

  /** Ends the loop when the queue gives its sentinel, or has been silent for a while. */
  stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#stoppedAt = performance.now();
      this.#awaitSilence();
    }
    return this.ended;
  }

  async #run(): Promise<void> {
    const { name, handle, maxFailures } = this.#options;
    let failures = 0;
    while (!this.#abort.signal.aborted) {
      try {
        const record = await this.#next();
        if (record === undefined) break;
        failures = 0;
        clearTimeout(this.#silence); // What is handled is not silent.
        await this.#context.run(record, () => handle(record));
        if (this.#isStopping) this.#awaitSilence();
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        failures++;
        report(failures, maxFailures, { name, error });
        if (failures >= maxFailures) break;
        await this.#pause(Math.min(2 ** failures, MAX_PAUSE));
      }
    }
    clearTimeout(this.#silence);
    this.#abort.abort();
  }

  /** The next record; `undefined` is the end. */
  #next(): Promise<LogRecord | undefined> {
    const { signal } = this.#abort;
    const asked = this.#asked ?? this.#ask(signal);
    this.#asked = asked;
    return new Promise((resolve, reject) => {
      const onAbort = () => resolve(undefined);
      const settle = (settled: () => void) => {
        signal.removeEventListener("abort", onAbort);
        // What is answered after the end is kept for the loop that comes next.
        if (signal.aborted) return;
        this.#asked = undefined;
        settled();
      };
      signal.addEventListener("abort", onAbort);
      asked.then((record) => settle(() => resolve(record)), (error) => {
        if (signal.aborted) this.#asked = undefined; // The end made it fail.
        settle(() => reject(error));
      });
    });
  }

  async #ask(signal: AbortSignal): Promise<LogRecord | undefined> {
    return await this.#options.dequeue(signal);
  }

  #awaitSilence(): void {
    clearTimeout(this.#silence);
    const left = this.#stoppedAt + MAX_DRAIN - performance.now();
    const wait = Math.max(0, Math.min(this.#options.drainTime, left));
    this.#silence = setTimeout(() => this.#abort.abort(), wait);
  }

  #pause(time: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, time);
      Deno.unrefTimer(timer); // Listening alone keeps no program alive.
      signal.addEventListener("abort", end);
    });
  }
}

/** Reports the 1st, 10th, 100th, … failure in a row, and the one that ends the loop. */
function report(
  failures: number,
  maxFailures: number,
  { name, error }: { readonly name: string; readonly error: unknown },
): void {
  const isLast = failures >= maxFailures;
  if (!isLast && !Number.isInteger(Math.log10(failures))) return;
  const times = failures === 1 ? "" : `, for the ${failures}th time in a row`;
  const end = isLast ? "; it does not listen any more" : "";
  reportFailure(`${name} could not take a record from its queue${times}${end}`, error);
}
