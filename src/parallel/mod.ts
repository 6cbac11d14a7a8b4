/**
 * Running functions in parallel: inline, or in Web Workers. Every task logs as if it ran alone.
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

export type { Backend, BackendWorker, Job, WorkerSite } from "./backend.ts";
export type { CallerRealm, LevelTable } from "../logging/realm/caller_realm.ts";
export type { RecordCounts, RecordOutcome, RecordTally } from "../logging/outcome.ts";
export type { RelayOptions } from "../relay/relay_options.ts";
export type { ParallelStats, RecordStats } from "./stats.ts";
export type { BackendOption } from "./backend_choice.ts";
export { type CrashReason, WorkerCrashError } from "./errors.ts";
export { Parallel, type ParallelOptions } from "./parallel.ts";
export type { LoggedResult, LoggedResults, ResultOf, Results } from "./results.ts";
export type { CollectingRunOptions, PlainRunOptions, RunOptions } from "./run_options.ts";
export {
  type Call,
  delayed,
  task,
  type TaskFunction,
  type TaskOptions,
  type TaskReference,
} from "./task.ts";
export type {
  TaskFileOptions,
  TaskFingersCrossedOptions,
  TaskHandlerMaker,
  TaskLogs,
} from "./task_logs/task_log_options.ts";
export type { LoggedTask } from "./task_logs/task_path.ts";
