/**
 * The results of a run, one after the other: what `Parallel.stream` returns.
 *
 * @module
 */

import { ResultQueue } from "./result_queue.ts";
import { LEFT, type Run } from "../run.ts";
import type { Scheduler } from "../schedule/scheduler.ts";

/**
 * The results of a run, as they are asked for: `for await (const result of stream)`. Leaving the loop early
 * ends what still runs; so does the end of the scope of an `await using`.
 */
export interface ResultStream<R> extends AsyncIterableIterator<R, undefined>, AsyncDisposable {
  /** The next result. Without one, the run has come to its end. */
  next(): Promise<IteratorResult<R, undefined>>;
  /** Ends the run: calls that wait are not started, and those that run are stopped. */
  return(): Promise<IteratorResult<R, undefined>>;
  /** The same, with an error of the one who goes through the results. */
  throw(error?: unknown): Promise<IteratorResult<R, undefined>>;
  /** Itself. */
  [Symbol.asyncIterator](): ResultStream<R>;
}

/**
 * Makes a stream of a run, which starts when its first result is asked for.
 *
 * @param run The run.
 * @param isOrdered Whether results come in the order of the calls.
 * @returns The stream.
 */
export function streamOf(run: Run, isOrdered: boolean): ResultStream<unknown> {
  return new RunStream(run, isOrdered);
}

const DONE = { done: true, value: undefined } as const;

class RunStream implements ResultStream<unknown> {
  readonly #run: Run;
  readonly #queue: ResultQueue;
  #scheduler: Scheduler | undefined;
  /** Is settled when nothing of the run runs any more; rejected if it failed after the stream was left. */
  #ended: Promise<void> | undefined;
  readonly #left = new AbortController();

  constructor(run: Run, isOrdered: boolean) {
    this.#run = run;
    this.#queue = new ResultQueue(isOrdered);
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#left.signal.aborted) return DONE;
    this.#ended ??= this.#start();
    const next = await this.#queue.next();
    if (!next.done) this.#scheduler?.release(1);
    return next;
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#queue.clear();
    this.#left.abort(LEFT);
    this.#scheduler?.stop(LEFT);
    await this.#ended;
    return DONE;
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): ResultStream<unknown> {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): Promise<void> {
    const ended = this.#run.execute({
      isReleased: true,
      left: this.#left.signal,
      onResult: (index, outcome) => {
        if (outcome.ok) this.#queue.put(index, outcome.value);
        return outcome.ok;
      },
      onStart: (scheduler) => {
        this.#scheduler = scheduler;
        if (this.#left.signal.aborted) scheduler.stop(LEFT);
      },
    }).then(() => this.#queue.end(), (error) => {
      this.#queue.fail(error);
      if (this.#left.signal.aborted && error !== LEFT) throw error;
    });
    ended.catch(() => {}); // Whoever leaves the stream is told.
    return ended;
  }
}
