/**
 * Running functions in parallel: inline, in Web Workers or in processes, with retries, timeouts, streams and
 * progress. Every task logs as if it ran alone.
 *
 * @example
 * ```ts
 * import { delayed, Parallel } from "@paralog/paralog/parallel";
 *
 * const results = await new Parallel(1).run([1, 2, 3].map((x) => delayed((x: number) => x * x)(x)));
 * ```
 *
 * @module
 */

import "./all_modules.ts";

export type {
  Ability,
  Backend,
  BackendWorker,
  BatchListener,
  Job,
  JobOutcome,
  JobRun,
  WorkerSite,
} from "./backend.ts";
export type { CallerRealm, LevelTable } from "../logging/realm/caller_realm.ts";
export type { RecordCounts, RecordOutcome, RecordTally } from "../logging/outcome.ts";
export type { ErrorClass } from "../logging/revive_error.ts";
export type { RelayOptions } from "../relay/relay_options.ts";
export type {
  ByteCounts,
  CallCounts,
  ParallelStats,
  RecordStats,
  RunCounts,
  WorkerStats,
} from "./stats/parallel_stats.ts";
export type { Histogram, HistogramBucket } from "./stats/histogram.ts";
export type { BackendOption } from "./backend_choice.ts";
export { WorkersBackend } from "./backends/workers.ts";
export { ProcessesBackend, type ProcessesOptions } from "./backends/processes.ts";
export type { BatchSize } from "./schedule/batching.ts";
export type { Calls } from "./schedule/call_input.ts";
export { type CurrentTask, currentTask, type Nesting } from "./tasks/current_task.ts";
export {
  type CrashReason,
  TaskTimeoutError,
  type TaskTimeoutOptions,
  WorkerCrashError,
  type WorkerCrashOptions,
} from "./errors.ts";
export { Parallel } from "./parallel.ts";
export type { ParallelOptions } from "./options/parallel_options.ts";
export type { ProcessPermissions } from "./options/permissions.ts";
export type { ProgressListener, ProgressOption, RunProgress } from "./progress/progress_option.ts";
export type { TaskProgress } from "./watching/run_observer.ts";
export type { ResultStream } from "./results/result_stream.ts";
export type {
  CallOf,
  LoggedResult,
  LoggedResults,
  LoggedSettledResults,
  ResultOf,
  Results,
  SettledResults,
} from "./results/results.ts";
export type { RetryOptions } from "./schedule/retry.ts";
export type {
  CollectingRunOptions,
  CollectingStreamOptions,
  PlainRunOptions,
  PlainStreamOptions,
  RunOptions,
  StreamOptions,
} from "./options/run_options.ts";
export type { TransferOption, TransferPlan } from "./values/transfer.ts";
export {
  type Call,
  delayed,
  task,
  type TaskFunction,
  type TaskOptions,
  type TaskReference,
} from "./tasks/task.ts";
export type {
  TaskFileOptions,
  TaskFingersCrossedOptions,
  TaskHandlerMaker,
  TaskLogs,
} from "./task_logs/task_log_options.ts";
export type { LoggedTask } from "./task_logs/task_path.ts";
