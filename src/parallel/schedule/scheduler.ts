/**
 * Giving the calls of a run to workers, and telling what becomes of each.
 *
 * @module
 */

import type { BackendWorker, Job, JobOutcome } from "../backend.ts";
import { type BatchHost, BatchRun } from "./batch_run.ts";
import { addPlace } from "../dispatch_stack.ts";
import { TaskTimeoutError, WorkerCrashError } from "../errors.ts";
import { Intake } from "./intake.ts";
import type { QueuedJob } from "./job_queue.ts";
import { reportLate } from "../watching/observers.ts";
import type { RunState } from "../watching/run_observer.ts";
import type { Schedule } from "./schedule.ts";

/** So many times in a row may workers fail to start before the run is given up. */
const MOST_FAILED_STARTS = 3;

/** Runs the calls of one run. */
export class Scheduler implements RunState {
  readonly #schedule: Schedule;
  /** What each batch asks for and tells. */
  readonly #host: BatchHost;
  readonly #intake: Intake;
  readonly #batches = new Set<BatchRun>();
  readonly #done = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;
  /** How many loops take batches, and how many of them wait for a worker. */
  #lanes = 0;
  #waitingLanes = 0;
  #failedStarts = 0;
  settled = 0;
  failed = 0;
  running = 0;
  batches = 0;
  dispatched = 0;

  /**
   * Makes it; nothing runs yet.
   *
   * @param schedule What to do.
   */
  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const { caller, timeout, gracePeriod } = schedule;
    this.#host = {
      caller,
      timeout,
      gracePeriod,
      onBegin: () => void (this.#failedStarts = 0),
      onSettled: (...told) => this.#onSettled(...told),
      onProgress: (...told) => this.#onProgress(...told),
    };
    const { input, toJob, queueTimeout, preDispatch, sizer, observer } = schedule;
    this.#intake = new Intake({
      input,
      toJob,
      queueTimeout,
      most: () => preDispatch.most(sizer.size),
      batchSize: () => sizer.size,
      onCalls: () => this.#work(),
      onError: (error) => this.stop(error),
      onQueueTimeout: (job) => this.#onQueueTimeout(job),
    });
    // A function that is written in an assignment to a field lives long in V8, with all that it reaches.
    sizer.onChange = observer.onBatchSize?.bind(observer);
  }

  get taken(): number {
    return this.#intake.taken;
  }

  get total(): number | undefined {
    return this.#schedule.input.total;
  }

  get isStopped(): boolean {
    return this.#stopping !== undefined;
  }

  get preDispatch(): number {
    return this.#schedule.preDispatch.amount;
  }

  /**
   * Runs the calls.
   *
   * @param signal Stops the run.
   * @returns When all calls have come to their end.
   * @throws What the run was stopped with, once nothing of it runs any more.
   */
  async run(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    using _ = this.#intake;
    const onAbort = () => void this.stop(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    try {
      this.#work();
      await this.#done.promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** So many results were taken: others may follow. */
  release(count: number): void {
    this.#intake.release(count);
    if (this.#intake.hasRoom) this.#work();
  }

  /**
   * Stops the run: no call starts any more, and those that run are ended.
   *
   * @param reason What the run is rejected with. The first one counts.
   * @returns When nothing of it runs any more.
   */
  stop(reason: unknown): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    return this.#stopping;
  }

  async #stop(reason: unknown): Promise<void> {
    this.#intake[Symbol.dispose]();
    const { input, enter } = this.#schedule;
    const ends = [...this.#batches].map((batch) => batch.stop(reason));
    const ended = await Promise.allSettled([enter(() => input.close()), ...ends]);
    try {
      enter(() => reportLate(ended));
    } finally {
      this.#done.reject(reason); // Also where a filter throws.
    }
  }

  /** Does what can be done now: takes calls, starts batches. */
  #work(): void {
    if (this.#stopping) return;
    this.#schedule.enter(() => this.#intake.fill());
    if (this.#stopping) return;
    this.#openLanes();
    const isOver = this.#schedule.input.isOver && this.settled === this.taken;
    if (isOver && this.#batches.size === 0) this.#done.resolve();
  }

  /** A loop for each batch that could start now, as far as there are workers. */
  #openLanes(): void {
    const { pool } = this.#schedule;
    const size = this.#nextSize();
    while (this.#lanes < pool.size && this.#intake.length > this.#waitingLanes * size) this.#lane();
  }

  async #lane(): Promise<void> {
    this.#lanes++;
    try {
      while (await this.#runNext());
    } catch (error) {
      this.stop(error);
    } finally {
      this.#lanes--;
      this.#work();
    }
  }

  /** Runs the next batch as soon as a worker is free. Returns whether to go on. */
  async #runNext(): Promise<boolean> {
    const { pool } = this.#schedule;
    const worker = await this.#acquire();
    if (!worker) return false;
    let isUsed = 0;
    try {
      if (!this.#isWanted()) return false; // No longer: another call may have ended the run meanwhile.
      const jobs = this.#begin(this.#intake.take(Math.min(this.#nextSize(), pool.roomOf(worker))));
      isUsed = jobs.length;
      if (jobs.length > 0) await this.#runBatch(worker, jobs);
    } finally {
      pool.release(worker, isUsed);
    }
    this.#work();
    return this.#isWanted();
  }

  async #acquire(): Promise<BackendWorker | undefined> {
    this.#waitingLanes++;
    try {
      return await this.#schedule.pool.acquire(() => this.#isWanted());
    } finally {
      this.#waitingLanes--;
    }
  }

  #isWanted(): boolean {
    return !this.#stopping && this.#intake.length > 0;
  }

  #nextSize(): number {
    const { sizer, pool, input } = this.#schedule;
    return sizer.sizeFor(this.#intake.length, pool.size, input.isOver);
  }

  /** Tells the watcher of calls that are about to start: those it refuses are left out; all, if that stops the run. */
  #begin(jobs: QueuedJob[]): QueuedJob[] {
    const { watcher } = this.#schedule;
    if (!watcher) return jobs;
    const begun = jobs.filter((job) => {
      if (this.#stopping) return false;
      try {
        watcher.begin(job.index);
        return true;
      } catch (error) {
        this.#finish(job, { ok: false, error, ms: 0 });
        return false;
      }
    });
    return this.#stopping ? [] : begun;
  }

  async #runBatch(worker: BackendWorker, jobs: readonly QueuedJob[]): Promise<void> {
    const { observer, pool } = this.#schedule;
    this.batches++;
    this.dispatched += jobs.length;
    this.running += jobs.length;
    const at = performance.now();
    const queued = jobs.map(({ since }) => at - since);
    observer.onDispatch?.(this, { worker: worker.name, size: jobs.length, queued, at });
    const isFirst = pool.isUnused(worker);
    const batch = new BatchRun(worker, jobs, { host: this.#host, isFirst });
    this.#batches.add(batch);
    try {
      await batch.run();
    } catch (error) {
      this.#onFailedStart(error);
    } finally {
      this.#batches.delete(batch);
      const { rest } = batch;
      this.running -= rest.length;
      this.#intake.putBack(rest);
      this.#measure(batch, worker.name, jobs.length - rest.length);
    }
  }

  #measure(batch: BatchRun, worker: string, size: number): void {
    const { sizer, observer } = this.#schedule;
    if (size === 0) return;
    const { round, busy } = batch;
    observer.onBatch?.(this, { worker, size, round, busy });
    sizer.finished(size, round);
  }

  #onSettled(
    batch: BatchRun,
    jobs: readonly QueuedJob[],
    outcomes: readonly JobOutcome[],
  ): void {
    this.running -= jobs.length;
    if (this.#stopping) return;
    this.#tellOf(() => {
      this.#schedule.observer.onSettled?.(this, { worker: batch.worker, outcomes });
      for (const [place, job] of jobs.entries()) this.#settle(job, outcomes[place]!, batch.worker);
    });
    this.#work();
  }

  #onProgress(batch: BatchRun, index: number, done: number, total: number | undefined): void {
    const { observer } = this.#schedule;
    if (this.#stopping || !observer.onTaskProgress) return;
    const { worker } = batch;
    this.#tellOf(() => observer.onTaskProgress?.(this, { index, worker, done, total }));
  }

  /** Who is told may throw, as a filter that meets a line of `verbose`. The run ends with that. */
  #tellOf(act: () => void): void {
    try {
      this.#schedule.enter(act);
    } catch (error) {
      this.stop(error);
    }
  }

  /** A worker came to its end before its first call. */
  #onFailedStart(error: unknown): void {
    if (this.#stopping) return;
    const isFinal = error instanceof WorkerCrashError && error.reason.kind === "initializer";
    if (!isFinal && ++this.#failedStarts < MOST_FAILED_STARTS) return;
    addPlace(error, this.#schedule.place, undefined);
    this.stop(error);
  }

  /** An attempt has come to its end. */
  #settle(job: QueuedJob, outcome: JobOutcome, worker: string): void {
    if (this.#stopping) return;
    if (outcome.ok) return this.#finish(job, outcome);
    // What was moved to this attempt is not there for another.
    const isSpent = this.#schedule.transfer?.moved.has(job.call.args);
    const next = isSpent ? { error: outcome.error } : this.#nextAttempt(outcome.error, job.attempt);
    if ("delay" in next) return this.#retry(job, outcome.error, next.delay);
    addPlace(next.error, this.#schedule.place, worker);
    this.#finish(job, { ...outcome, error: next.error });
  }

  /** How long a call waits for its next attempt; or what it has failed with. */
  #nextAttempt(error: unknown, attempt: number): { delay: number } | { error: unknown } {
    try {
      const delay = this.#schedule.retries?.next(error, attempt);
      return delay === undefined ? { error } : { delay };
    } catch (error) {
      return { error }; // Of the user's own `when`.
    }
  }

  #retry(job: QueuedJob, error: unknown, delay: number): void {
    const { index, attempt, call: { task: { name: task } } } = job;
    this.#schedule.observer.onRetry?.(this, { index, task, attempt, delay, error });
    this.#intake.retry(job, delay);
  }

  /** A call has come to its end, for good. */
  #finish(job: Job, outcome: JobOutcome): void {
    const { watcher } = this.#schedule;
    if (!watcher) return this.#tell(job, outcome);
    if (!outcome.ok) {
      watcher.fail(job.index, outcome.error);
      return this.#tell(job, outcome);
    }
    const { ms } = outcome;
    watcher.succeed(job.index, outcome.value).then(
      (value) => this.#tell(job, { ok: true, value, ms }),
      (error) => this.#tell(job, { ok: false, error, ms }),
    ).then(() => this.#work());
  }

  #tell({ index }: Job, outcome: JobOutcome): void {
    if (this.#stopping) return;
    this.settled++;
    if (!this.#schedule.isReleased) this.#intake.release(1);
    if (!outcome.ok) this.failed++;
    const goesOn = this.#schedule.onResult(index, outcome);
    if (!goesOn && !outcome.ok) this.stop(outcome.error);
  }

  /** A call has waited for a worker as long as it may. */
  #onQueueTimeout(job: QueuedJob): void {
    const { queueTimeout: timeout = 0, place, observer } = this.#schedule;
    const { index, call: { task } } = job;
    const error = new TaskTimeoutError(task.name, { index, timeout, phase: "queue" });
    addPlace(error, place, undefined);
    observer.onQueueTimeout?.(this, 1);
    this.#finish(job, { ok: false, error, ms: 0 });
  }
}
