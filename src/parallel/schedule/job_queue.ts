/**
 * Calls that wait for a worker.
 *
 * @module
 */

import type { Job } from "../backend.ts";
import type { Call } from "../tasks/task.ts";

/** A call that waits. */
export interface QueuedJob extends Job {
  /** Since when it may start: milliseconds of `performance.now()`. */
  readonly since: number;
}

/**
 * Makes a job of a call.
 *
 * @param call The call.
 * @param index Which one of the run it is, from 0.
 * @param since Since when it waits: milliseconds of `performance.now()`.
 */
export type MakeJob = (call: Call, index: number, since: number) => QueuedJob;

/** First in, first out, but for those that were in before. */
export class JobQueue {
  /** What waits, the next one last. */
  #front: QueuedJob[] = [];
  /** What waits behind that, the next one first, from `#start`. */
  #back: QueuedJob[] = [];
  #start = 0;

  /** How many calls wait. */
  get length(): number {
    return this.#front.length + this.#back.length - this.#start;
  }

  /** The call that is next. */
  get first(): QueuedJob | undefined {
    return this.#front.at(-1) ?? this.#back[this.#start];
  }

  /** Adds a call behind all others. */
  push(job: QueuedJob): void {
    this.#back.push(job);
  }

  /** Puts calls back before all others, in their order. */
  unshift(jobs: readonly QueuedJob[]): void {
    this.#front.push(...jobs.toReversed());
  }

  /**
   * Takes the next calls.
   *
   * @param count How many at most.
   */
  take(count: number): QueuedJob[] {
    const taken: QueuedJob[] = [];
    while (taken.length < count && this.#front.length > 0) taken.push(this.#front.pop()!);
    const end = Math.min(this.#start + count - taken.length, this.#back.length);
    if (taken.length === 0) taken.push(...this.#back.slice(this.#start, end));
    else for (let place = this.#start; place < end; place++) taken.push(this.#back[place]!);
    this.#start = end;
    if (this.#start * 2 > this.#back.length) { // So that each is moved at most twice.
      this.#back = this.#back.slice(this.#start);
      this.#start = 0;
    }
    return taken;
  }
}
