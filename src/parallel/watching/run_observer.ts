/**
 * Who watches a run: progress, joblib's lines, statistics.
 *
 * @module
 */

import type { JobOutcome } from "../backend.ts";
import type { Rejection } from "./run_end.ts";

/** How far a run is. One object for the whole run, always up to date. */
export interface RunState {
  /** Calls that were taken from the input. */
  readonly taken: number;
  /** How many calls there are: known of a list, and once the input has come to its end. */
  readonly total: number | undefined;
  /** Calls that have come to their end, failed ones included. */
  readonly settled: number;
  /** Calls that have failed for good. */
  readonly failed: number;
  /** Calls that were given to workers and are not settled. */
  readonly running: number;
  /** Batches that were given to workers. */
  readonly batches: number;
  /** Calls that were given to workers, each attempt of its own. */
  readonly dispatched: number;
  /** Whether the run comes to its end before all calls have come to theirs. */
  readonly isStopped: boolean;
  /** How many calls or batches may be in flight; 0 if all may. */
  readonly preDispatch: number;
}

/** A batch that was given to a worker. */
export interface DispatchedBatch {
  /** The name of the worker. */
  readonly worker: string;
  /** How many calls it has. */
  readonly size: number;
  /** How long each of them has waited for a worker, in milliseconds. */
  readonly queued: readonly number[];
  /** When: milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Calls that have come to their end. */
export interface EndedCalls {
  /** The name of the worker. */
  readonly worker: string;
  /** What became of them, attempts that are followed by another one included. */
  readonly outcomes: readonly JobOutcome[];
}

/** A batch that a worker has finished. */
export interface FinishedBatch {
  /** The name of the worker. */
  readonly worker: string;
  /** How many calls it had. */
  readonly size: number;
  /** Milliseconds since it was sent. */
  readonly round: number;
  /** How many of them were spent in tasks. */
  readonly busy: number;
}

/** A call that is tried again. */
export interface RetriedCall {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** The name of its task. */
  readonly task: string;
  /** Which attempt has failed, from 1. */
  readonly attempt: number;
  /** How long the next one waits, in milliseconds. */
  readonly delay: number;
  /** What the attempt has thrown. */
  readonly error: unknown;
}

/** How far a running call is, as it says itself. */
export interface TaskProgress {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** The name of the worker. */
  readonly worker: string;
  /** How much is done. */
  readonly done: number;
  /** How much there is to do, if that is known. */
  readonly total: number | undefined;
}

/** Who watches a run. What its methods throw would end the run: they must not. */
export interface RunObserver {
  /** The backend is chosen, and so many workers may run at once. */
  onStart?(run: RunState, backend: string, nJobs: number): void;
  /** The size of batches has changed: from the milliseconds that the last ones took. */
  onBatchSize?(duration: number, before: number, after: number): void;
  /** A batch was given to a worker. */
  onDispatch?(run: RunState, batch: DispatchedBatch): void;
  /** Calls have come to their end. */
  onSettled?(run: RunState, ended: EndedCalls): void;
  /** A worker has finished its batch. */
  onBatch?(run: RunState, batch: FinishedBatch): void;
  /** So many calls have waited for a worker for as long as they may. */
  onQueueTimeout?(run: RunState, calls: number): void;
  /** A call is tried again. */
  onRetry?(run: RunState, retry: RetriedCall): void;
  /** A running call says how far it is. */
  onTaskProgress?(run: RunState, task: TaskProgress): void;
  /** The run has come to its end; with a rejection, before all calls have come to theirs. */
  onEnd?(run: RunState, rejection?: Rejection): void;
}
