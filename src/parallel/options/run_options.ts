/**
 * The options of one run.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { checkOptions } from "./check_options.ts";
import { PARALLEL_OPTIONS } from "./parallel_options.ts";
import type { TaskLogs } from "../task_logs/task_log_options.ts";
import { planTaskLogs, type TaskLogPlan } from "../task_logs/task_log_plan.ts";

/**
 * Options of {@linkcode Parallel.run} and {@linkcode Parallel.map}, whether records stand beside the
 * results or not.
 */
export type RunOptions = PlainRunOptions | CollectingRunOptions;

/** Options of a run whose results are what its calls result in. */
export interface PlainRunOptions {
  /**
   * Stops this run when it aborts: its promise rejects with the reason, and calls that wait are not
   * started. A task that has asked for its `currentTask().signal` has `gracePeriod` to end by itself;
   * otherwise its worker is ended. A call that runs inline can't be stopped; it is no longer waited for.
   *
   * @default none
   */
  signal?: AbortSignal;
  /**
   * Whether each result is `{ value, records }`, with what the task logged beside what it returned:
   * see {@linkcode LoggedResult}. The records go to the caller's handlers all the same.
   *
   * They are those that come to the caller: a task that configured handlers of its own keeps its records,
   * and the levels and filters of the caller's loggers count. What a task logs after its end belongs to no
   * task. When the run rejects, the error is all there is.
   *
   * @default false
   */
  collectLogs?: false;
  /**
   * What each task's records go to: a file of its own, such as "logs/%(run)s-%(taskIndex)03d.log";
   * "fingersCrossed", which lets the caller's handlers see only tasks in which something went wrong; an
   * object for the details of either; or a function that makes a handler for each task.
   *
   * It stands between the caller's loggers, whose levels and filters count, and their handlers.
   *
   * @default none: the caller's handlers get all records
   */
  taskLogs?: TaskLogs;
}

/** Options of a run whose results have the records of their tasks beside them. */
export interface CollectingRunOptions extends Omit<PlainRunOptions, "collectLogs"> {
  /** Each result is `{ value, records }`: see {@linkcode PlainRunOptions}. */
  collectLogs: true;
}

/** Options of {@linkcode Parallel.stream}, whether records stand beside the results or not. */
export type StreamOptions = PlainStreamOptions | CollectingStreamOptions;

/** Options of a stream whose results are what its calls result in. */
export interface PlainStreamOptions extends PlainRunOptions {
  /**
   * Whether results come in the order of the calls; otherwise as soon as they are there.
   *
   * @default true
   */
  ordered?: boolean;
}

/** Options of a stream whose results have the records of their tasks beside them. */
export interface CollectingStreamOptions extends CollectingRunOptions {
  /**
   * Whether results come in the order of the calls; otherwise as soon as they are there.
   *
   * @default true
   */
  ordered?: boolean;
}

const OPTIONS = ["signal", "collectLogs", "taskLogs"] as const;

const STREAM_OPTIONS = [...OPTIONS, "ordered"] as const;

/** The options of a run, as it needs them. */
export interface RunPlan {
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
  /** Whether results have the records of their tasks beside them. */
  readonly collectLogs: boolean;
  /** What each task's records go to, if that was asked for. */
  readonly taskLogs: TaskLogPlan | undefined;
}

/**
 * Checks the options of a run.
 *
 * @param options What was given.
 * @returns What to do.
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If one has a value that is not allowed.
 */
export function checkRunOptions(options: RunOptions): RunPlan {
  checkPlace("run calls", options);
  checkOptions("run calls", options, OPTIONS);
  const { signal, collectLogs = false, taskLogs } = options;
  if (typeof collectLogs !== "boolean") {
    throw new TypeError(
      `Cannot run calls with ${inspect(collectLogs)} as collectLogs: give true or false`,
    );
  }
  return {
    signal,
    collectLogs,
    taskLogs: taskLogs === undefined ? undefined : planTaskLogs(taskLogs),
  };
}

/**
 * Checks the options of a stream.
 *
 * @param options What was given.
 * @returns What to do, and whether results come in the order of the calls.
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If one has a value that is not allowed.
 */
export function checkStreamOptions(
  options: StreamOptions,
): { readonly plan: RunPlan; readonly isOrdered: boolean } {
  checkPlace("stream results", options);
  checkOptions("stream results", options, STREAM_OPTIONS);
  const { ordered = true, ...others } = options;
  if (typeof ordered !== "boolean") {
    throw new TypeError(
      `Cannot stream results with ${inspect(ordered)} as ordered: give true or false`,
    );
  }
  return { plan: checkRunOptions(others), isOrdered: ordered };
}

/** What holds for all runs is given elsewhere. */
function checkPlace(what: string, options: RunOptions): void {
  const known: readonly string[] = OPTIONS;
  const misplaced = PARALLEL_OPTIONS.find((name) =>
    name in Object(options) && !known.includes(name)
  );
  if (misplaced === undefined) return;
  throw new TypeError(
    `Cannot ${what} with ${misplaced}: it is an option for all runs, ` +
      `new Parallel(nJobs, { ${misplaced}: … })`,
  );
}
