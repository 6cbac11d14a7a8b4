/**
 * Gathers the statistics of a `Parallel` while its runs go on.
 *
 * @module
 */

import { TaskTimeoutError, WorkerCrashError } from "../errors.ts";
import type {
  DispatchedBatch,
  EndedCalls,
  FinishedBatch,
  RunObserver,
  RunState,
} from "../watching/run_observer.ts";
import { type Rejection, runEndOf } from "../watching/run_end.ts";
import { HistogramCounter } from "./histogram.ts";
import type { CallCounts, ParallelStats } from "./parallel_stats.ts";
import { RecordLedger } from "./record_ledger.ts";
import { sumOfWorkers, WorkerLedger } from "./worker_ledger.ts";

/**
 * Watches all runs of a `Parallel`, and adds up what they tell. What is asked for is computed when it is asked
 * for; its memory does not grow with the calls, nor with the workers.
 */
export class StatsLedger implements RunObserver {
  /** What became of the records of each worker. */
  readonly records: RecordLedger = new RecordLedger();
  readonly #workers = new WorkerLedger((worker) => this.records.forget(worker));
  readonly #now: () => number;

  /** The runs that are under way: their own counts are asked for. Those of the others are in `#ended`. */
  readonly #running = new Set<RunState>();
  readonly #ended = { taken: 0, settled: 0, failed: 0, cancelled: 0 };
  readonly #runs = { started: 0, done: 0, failed: 0, stopped: 0 };
  /** Milliseconds in which a run was under way, without the time since `#runningSince`. */
  #duration = 0;
  #runningSince = 0;

  #retried = 0;
  #timedOut = 0;
  #crashed = 0;
  #sent = 0;
  #received = 0;

  readonly #queueTime = new HistogramCounter();
  readonly #runTime = new HistogramCounter();
  readonly #batchSize = new HistogramCounter();
  readonly #overhead = new HistogramCounter();

  /**
   * Begins with nothing.
   *
   * @param now The clock, in milliseconds.
   */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  onStart(run: RunState): void {
    if (this.#running.size === 0) this.#runningSince = this.#now();
    this.#running.add(run);
    this.#runs.started++;
  }

  onDispatch(_run: RunState, { worker, size, queued, at }: DispatchedBatch): void {
    this.#workers.sent(worker, at);
    this.#batchSize.add(size);
    for (const waited of queued) this.#queueTime.add(waited);
  }

  onSettled(_run: RunState, { worker, outcomes }: EndedCalls): void {
    this.#workers.settled(worker, outcomes.length);
    for (const outcome of outcomes) {
      this.#runTime.add(outcome.ms);
      if (outcome.ok) continue;
      if (outcome.error instanceof WorkerCrashError) this.#crashed++;
      else if (outcome.error instanceof TaskTimeoutError) this.#timedOut++;
    }
  }

  onBatch(_run: RunState, { worker, size, round, busy }: FinishedBatch): void {
    this.#workers.finished(worker, busy);
    if (size > 0) this.#overhead.add((round - busy) / size, size);
  }

  onRetry(): void {
    this.#retried++;
  }

  /**
   * Calls have waited too long: they have failed without a worker.
   *
   * @param calls How many.
   */
  onQueueTimeout(_run: RunState, calls: number): void {
    this.#timedOut += calls;
  }

  onEnd(run: RunState, rejection?: Rejection): void {
    if (!this.#running.delete(run)) return;
    if (this.#running.size === 0) this.#duration += this.#now() - this.#runningSince;
    this.#runs[runEndOf(run, rejection)]++;
    this.#ended.taken += run.taken;
    this.#ended.settled += run.settled;
    this.#ended.failed += run.failed;
    this.#ended.cancelled += run.taken - run.settled;
  }

  /**
   * A worker was started. Called before the first batch is given to it.
   *
   * @param worker Its name.
   */
  workerStarted(worker: string): void {
    this.#workers.started(worker, this.#now());
  }

  /**
   * A worker came to its end, or is being ended. Once for each that was started.
   *
   * @param worker Its name.
   */
  workerEnded(worker: string): void {
    this.#workers.ended(worker, this.#now());
  }

  /**
   * Something crossed a pipe.
   *
   * @param sent Bytes that were sent to a worker.
   * @param received Bytes that came from one.
   */
  addBytes(sent: number, received: number): void {
    this.#sent += sent;
    this.#received += received;
  }

  /** What was done so far: plain data, which does not change any more. */
  snapshot(): ParallelStats {
    const now = this.#now();
    const records = this.records.counts();
    const { workers: recordsOf, ...allRecords } = records;
    const [sent, received] = [this.#sent, this.#received];
    const workers = this.#workers.stats(now, recordsOf);
    const running = this.#running.size;
    return {
      runs: { ...this.#runs, running },
      calls: this.#calls(),
      records,
      duration: this.#duration + (running > 0 ? now - this.#runningSince : 0),
      queueTime: this.#queueTime.snapshot(),
      runTime: this.#runTime.snapshot(),
      batchSize: this.#batchSize.snapshot(),
      overhead: this.#overhead.snapshot(),
      bytes: sent + received > 0 ? { sent, received } : undefined,
      allWorkers: sumOfWorkers(Object.values(workers), allRecords),
      workers,
    };
  }

  #calls(): CallCounts {
    let { taken, settled, failed } = this.#ended;
    let running = 0;
    for (const run of this.#running) {
      taken += run.taken;
      settled += run.settled;
      failed += run.failed;
      running += run.running;
    }
    const { cancelled } = this.#ended;
    return {
      taken,
      waiting: taken - settled - cancelled - running,
      running,
      done: settled - failed,
      failed,
      cancelled,
      retried: this.#retried,
      timedOut: this.#timedOut,
      crashed: this.#crashed,
    };
  }
}
