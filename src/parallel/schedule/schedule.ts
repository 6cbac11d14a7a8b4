/**
 * What a run is to do, as its scheduler needs it.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { JobOutcome } from "../backend.ts";
import type { BatchSizer } from "./batching.ts";
import type { CallInput } from "./call_input.ts";
import type { DispatchPlace } from "../dispatch_stack.ts";
import type { MakeJob } from "./job_queue.ts";
import type { JobWatcher } from "./job_watcher.ts";
import type { WorkerPool } from "./pool.ts";
import type { PreDispatch } from "./pre_dispatch.ts";
import type { RetryPolicy } from "./retry.ts";
import type { RunObserver } from "../watching/run_observer.ts";
import type { TransferPlan } from "../values/transfer.ts";

/** What a run is to do. */
export interface Schedule {
  /** The calls. */
  readonly input: CallInput;
  /** Makes a job of a call. */
  readonly toJob: MakeJob;
  /** Where workers come from. */
  readonly pool: WorkerPool;
  /** The realm that dispatches the run. */
  readonly caller: CallerRealm;
  /** Runs what the program does for the run in the asynchronous context that it was started in. */
  readonly enter: <T>(fn: () => T) => T;
  readonly sizer: BatchSizer;
  readonly preDispatch: PreDispatch;
  readonly retries: RetryPolicy | undefined;
  /** What is moved of arguments: it is not there for another attempt. */
  readonly transfer: TransferPlan | undefined;
  /** How long a call may take, in milliseconds. */
  readonly timeout: number | undefined;
  /** How long a call may wait for a worker, in milliseconds. */
  readonly queueTimeout: number | undefined;
  /** How long a task that listens to its signal may take to end, in milliseconds. */
  readonly gracePeriod: number;
  /** Where the run was started, for the stacks of errors. */
  readonly place: DispatchPlace;
  readonly watcher: JobWatcher | undefined;
  readonly observer: RunObserver;
  /** Whether calls count as in flight until {@linkcode Scheduler.release} is told of them. */
  readonly isReleased: boolean;
  /** Is told what became of each call. Returns whether the run goes on. */
  readonly onResult: (index: number, outcome: JobOutcome) => boolean;
}
