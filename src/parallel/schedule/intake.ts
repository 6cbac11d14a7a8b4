/**
 * Calls before they start: how many are taken from the input, in which order they start, and how long they
 * wait.
 *
 * @module
 */

import type { CallInput } from "./call_input.ts";
import { Deadline } from "./deadline.ts";
import { JobQueue, type MakeJob, type QueuedJob } from "./job_queue.ts";
import type { Call } from "../tasks/task.ts";

/** What taking calls needs. */
export interface IntakeOptions {
  /** Where calls come from. */
  readonly input: CallInput;
  /** Makes a job of a call that waits from now on. */
  readonly toJob: MakeJob;
  /** How many calls may be in flight now. */
  readonly most: () => number;
  /** How many calls a batch has now. */
  readonly batchSize: () => number;
  /** How long a call may wait for a worker, in milliseconds. */
  readonly queueTimeout: number | undefined;
  /** Calls have come that can start. */
  readonly onCalls: () => void;
  /** The input has failed. */
  readonly onError: (error: unknown) => void;
  /** A call has waited for as long as it may. It is out of the queue. */
  readonly onQueueTimeout: (job: QueuedJob) => void;
}

/** Takes calls, and keeps them until they start. */
export class Intake implements Disposable {
  readonly #options: IntakeOptions;
  readonly #queue = new JobQueue();
  readonly #deadline = new Deadline(() => this.#onDeadline());
  /** Timers of calls that wait for their next attempt. */
  readonly #pauses = new Set<ReturnType<typeof setTimeout>>();
  #taken = 0;
  #released = 0;
  #isTaking = false;
  #isClosed = false;

  /**
   * Begins with an empty queue.
   *
   * @param options Where calls come from, and who is told.
   */
  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** How many calls were taken from the input. */
  get taken(): number {
    return this.#taken;
  }

  /** How many calls can start now. */
  get length(): number {
    return this.#queue.length;
  }

  /** Whether as many calls may be taken as it is worth: half a batch, or all there can be. */
  get hasRoom(): boolean {
    const { most, batchSize } = this.#options;
    return this.#inFlight === 0 || 2 * (most() - this.#inFlight) >= batchSize();
  }

  /** So many calls are no longer in flight. */
  release(count: number): void {
    this.#released += count;
  }

  /** Takes calls as long as more may be in flight. */
  fill(): void {
    const { input, most, onError } = this.#options;
    let now = performance.now();
    try {
      while (!this.#isTaking && !input.isOver && !this.#isClosed) {
        if (this.#inFlight >= most()) break;
        const next = input.next();
        // A list, whose length is known, takes no time; to look at the clock takes longer than all else here.
        if (input.total === undefined) now = performance.now();
        if (next instanceof Promise) this.#await(next);
        else if (next) this.#add(next, now);
      }
    } catch (error) {
      onError(error);
    }
    this.#watchQueue();
  }

  /**
   * The calls that start next.
   *
   * @param count How many at most.
   */
  take(count: number): QueuedJob[] {
    return this.#queue.take(count);
  }

  /** Calls that did not start after all are the next ones again. */
  putBack(jobs: readonly QueuedJob[]): void {
    if (!this.#isClosed) this.#queue.unshift(jobs);
  }

  /**
   * A call is to be tried again.
   *
   * @param job The call as it was tried.
   * @param delay In how many milliseconds.
   */
  retry(job: QueuedJob, delay: number): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#pauses.delete(timer);
      // Behind the others, so that the first one has always waited longest.
      this.#queue.push({ ...job, attempt: job.attempt + 1, since: performance.now() });
      this.#options.onCalls();
    }, delay);
    this.#pauses.add(timer);
  }

  /** No call starts any more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const timer of this.#pauses) clearTimeout(timer);
    this.#deadline[Symbol.dispose]();
  }

  async #await(next: Promise<Call | undefined>): Promise<void> {
    this.#isTaking = true;
    try {
      const call = await next;
      if (call && !this.#isClosed) this.#add(call, performance.now());
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isTaking = false;
    }
    this.#options.onCalls();
  }

  get #inFlight(): number {
    return this.#taken - this.#released;
  }

  #add(call: Call, since: number): void {
    this.#queue.push(this.#options.toJob(call, this.#taken++, since));
  }

  #watchQueue(): void {
    const { queueTimeout } = this.#options;
    const { first } = this.#queue;
    if (queueTimeout === undefined || !first || this.#isClosed) return;
    this.#deadline.set(Math.max(0, first.since + queueTimeout - performance.now()));
  }

  #onDeadline(): void {
    const { queueTimeout = Infinity, onQueueTimeout, onCalls } = this.#options;
    const now = performance.now();
    for (let { first } = this.#queue; first; { first } = this.#queue) {
      if (now - first.since < queueTimeout || this.#isClosed) break;
      this.#queue.take(1);
      onQueueTimeout(first);
    }
    onCalls();
  }
}
