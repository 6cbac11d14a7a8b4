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

export type { Backend, BackendWorker, Job } from "./backend.ts";
export type { CallerRealm, LevelTable } from "../logging/realm/caller_realm.ts";
export { type CrashReason, WorkerCrashError } from "./errors.ts";
export {
  Parallel,
  type ParallelOptions,
  type ResultOf,
  type Results,
  type RunOptions,
} from "./parallel.ts";
export {
  type Call,
  delayed,
  task,
  type TaskFunction,
  type TaskOptions,
  type TaskReference,
} from "./task.ts";
