/**
 * One batch in one worker: its end, the time that each call may take, and how it is stopped.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { BackendWorker, BatchListener, JobOutcome } from "../backend.ts";
import { Deadline } from "./deadline.ts";
import { type CrashReason, TaskTimeoutError, WorkerCrashError } from "../errors.ts";
import type { QueuedJob } from "./job_queue.ts";

/** What batches of a run have in common, and who is told of them. */
export interface BatchHost {
  /** The realm that dispatched the run. */
  readonly caller: CallerRealm;
  /** How long a call may take, in milliseconds. */
  readonly timeout: number | undefined;
  /** How long a task that listens to its signal may take to end, in milliseconds. */
  readonly gracePeriod: number;
  /** The worker is up. */
  onBegin(): void;
  /** Calls have come to their end. */
  onSettled(batch: BatchRun, jobs: readonly QueuedJob[], outcomes: readonly JobOutcome[]): void;
  /** A running call says how far it is. */
  onProgress(
    batch: BatchRun,
    index: number,
    done: number,
    total: number | undefined,
  ): void;
}

/**
 * How long a worker may take to start and to run its initializer, and to load the module of a task, in
 * milliseconds, where calls have a shorter `timeout`: an initializer, or the top level of a module, may never end.
 */
const START_TIMEOUT = 30_000;

/** A batch that a worker runs. */
export class BatchRun implements BatchListener {
  readonly #worker: BackendWorker;
  readonly #jobs: readonly QueuedJob[];
  readonly #host: BatchHost;
  readonly #deadline = new Deadline(() => this.#onTimeout());
  /** Whether the worker has to start first, which is not the batch's time. */
  readonly #isFirst: boolean;
  #sent = performance.now();
  #settled = 0;
  /** When the running call began; `undefined` before the first one did. */
  #since: number | undefined;
  #busy = 0;
  /** Whether the module of the running call's task is being loaded. */
  #isLoading = false;
  /** The call that has taken too long. */
  #late: QueuedJob | undefined;
  #done: Promise<void> | undefined;

  /**
   * Makes it; nothing is sent yet.
   *
   * @param worker Runs it.
   * @param jobs The calls.
   * @param options Who is told of them, and whether they are the first ones of the worker.
   */
  constructor(
    worker: BackendWorker,
    jobs: readonly QueuedJob[],
    { host, isFirst }: { readonly host: BatchHost; readonly isFirst: boolean },
  ) {
    this.#isFirst = isFirst;
    this.#worker = worker;
    this.#jobs = jobs;
    this.#host = host;
  }

  /** The name of the worker. */
  get worker(): string {
    return this.#worker.name;
  }

  /** How many milliseconds have passed since it was sent, and the worker was up and had taken it. */
  get round(): number {
    return Math.max(performance.now() - this.#sent, this.#busy);
  }

  /** How many of them tasks have run. */
  get busy(): number {
    return this.#busy;
  }

  /** The calls that have not come to their end. */
  get rest(): readonly QueuedJob[] {
    return this.#jobs.slice(this.#settled);
  }

  /**
   * Runs the batch. Each call whose end is known is told of; a call whose worker died has failed. Those that
   * did not start are the rest.
   *
   * @returns When the worker is free, or has ended.
   * @throws {WorkerCrashError} If the worker came to its end before it began; then nothing has run.
   */
  async run(): Promise<void> {
    if (!this.#worker.alive) return await this.#giveUp();
    using _ = this.#deadline;
    if (this.#host.timeout !== undefined) this.#deadline.set(this.#startTimeout);
    try {
      this.#done = this.#worker.run(this.#jobs, this.#host.caller, this);
      await this.#done;
    } catch (error) {
      if (this.#since === undefined) throw error; // No call is to blame.
      const job = this.#jobs[this.#settled];
      if (!job) return;
      const blame = job === this.#late ? this.#timeoutError(job) : error;
      const ms = performance.now() - this.#since;
      this.#settle([{ ok: false, error: blame, ms }]);
    }
  }

  /**
   * Stops it: the running call may clean up, if it listens to its signal; otherwise its worker is ended.
   *
   * @param reason Why.
   * @returns When nothing of it runs any more, but for what can't be stopped.
   */
  async stop(reason: unknown): Promise<void> {
    if (this.#settled === this.#jobs.length) return;
    const { gracePeriod } = this.#host;
    if (this.#worker.alive && this.#worker.cancel(reason)) {
      const isOver = await within(gracePeriod, this.#done);
      if (isOver) return;
    }
    await this.#worker.terminate(reason);
  }

  /** The worker has come to its end since it was taken: nothing has run. One that did not even start says why. */
  async #giveUp(): Promise<void> {
    if (!this.#isFirst) return;
    const [end] = await Promise.allSettled([
      this.#worker.run(this.#jobs, this.#host.caller, this),
    ]);
    const reason: CrashReason = end.status === "rejected" && end.reason instanceof WorkerCrashError
      ? end.reason.reason
      : { kind: "start", message: "it came to its end before its first call" };
    const [job] = this.#jobs;
    throw new WorkerCrashError(this.worker, reason, {
      ...(job && { task: job.call.task.name, index: job.index }),
    });
  }

  onWaiting(isWaiting: boolean): void {
    const hasBegun = this.#since !== undefined;
    if (!isWaiting && !hasBegun) this.#sent = performance.now();
    if (this.#host.timeout === undefined) return;
    if (isWaiting) this.#deadline.clear();
    else if (hasBegun) this.#setDeadline();
    else this.#deadline.set(this.#startTimeout);
  }

  onBegin(): void {
    if (this.#isFirst) this.#sent = performance.now();
    this.#since = performance.now();
    this.#host.onBegin();
    this.#setDeadline();
  }

  onLoading(isLoading: boolean): void {
    this.#isLoading = isLoading;
    if (!isLoading) this.#setDeadline();
    else if (this.#host.timeout !== undefined) this.#deadline.set(this.#startTimeout);
  }

  onSettled(outcomes: readonly JobOutcome[]): void {
    this.#settle(this.#late ? this.#correct(this.#late, outcomes) : outcomes);
    if (this.#settled < this.#jobs.length) this.#setDeadline();
    else this.#deadline.clear();
  }

  onProgress(index: number, done: number, total: number | undefined): void {
    this.#host.onProgress(this, index, done, total);
  }

  #setDeadline(): void {
    const { timeout } = this.#host;
    if (timeout !== undefined && !this.#late) this.#deadline.set(timeout);
  }

  #settle(outcomes: readonly JobOutcome[]): void {
    const from = this.#settled;
    this.#settled += outcomes.length;
    for (const { ms } of outcomes) this.#busy += ms;
    if (this.#since !== undefined) this.#since = performance.now();
    this.#host.onSettled(this, this.#jobs.slice(from, this.#settled), outcomes);
  }

  /** A task that was told to end because of its time has failed, whatever it made of that. */
  #correct(late: QueuedJob, outcomes: readonly JobOutcome[]): readonly JobOutcome[] {
    const { timeout = 0 } = this.#host;
    return outcomes.map((outcome, place) => {
      const isLate = this.#jobs[this.#settled + place] === late;
      if (!isLate || (outcome.ok && outcome.ms <= timeout)) return outcome;
      return { ok: false, error: this.#timeoutError(late), ms: outcome.ms };
    });
  }

  get #startTimeout(): number {
    return Math.max(START_TIMEOUT, this.#host.timeout ?? 0);
  }

  #onTimeout(): void {
    const job = this.#jobs[this.#settled];
    if (!job) return;
    if (this.#since === undefined) return this.#onStartTimeout();
    this.#late = job;
    this.stop(this.#timeoutError(job));
  }

  /** No call is to blame. */
  #onStartTimeout(): void {
    const message =
      `it did not begin its first call within ${this.#startTimeout} ms. Look at its ` +
      "initializer, and at the top level of the task's module";
    this.#worker.terminate(new WorkerCrashError(this.worker, { kind: "start", message }));
  }

  /** Made again once the last records are there. */
  #timeoutError({ run, index, call: { task } }: QueuedJob): TaskTimeoutError {
    const { worker } = this;
    const records = this.#worker.lastRecords?.(run.id, index);
    const limit = this.#isLoading
      ? { timeout: this.#startTimeout, phase: "load" } as const
      : { timeout: this.#host.timeout ?? 0, phase: "run" } as const;
    return new TaskTimeoutError(task.name, { index, worker, records, ...limit });
  }
}

/** Whether a promise is settled within so many milliseconds. */
async function within(ms: number, promise: Promise<unknown> | undefined): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  const settled = Promise.resolve(promise).then(() => true, () => true);
  try {
    return await Promise.race([settled, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
