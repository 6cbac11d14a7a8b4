/**
 * What can be said about the progress of a run, and who is told.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import type { TaskProgress } from "../watching/run_observer.ts";

/** How far a run is, as plain data. */
export interface RunProgress {
  /** The name of the `Parallel`, if it was given one. */
  readonly name: string | undefined;
  /**
   * "running" until the run comes to its end; then "done", "failed" if it was rejected, or "stopped" if it was
   * aborted or a stream was left before its end.
   */
  readonly state: "running" | "done" | "failed" | "stopped";
  /** Calls that have come to their end, failed ones included. */
  readonly done: number;
  /** How many calls there are; `undefined` as long as the input has not come to its end. */
  readonly total: number | undefined;
  /** Calls that were given to workers and have not come to their end. */
  readonly running: number;
  /** Calls that have failed for good. */
  readonly failed: number;
  /** How often a call was tried again. */
  readonly retried: number;
  /** Milliseconds since the run began. */
  readonly elapsed: number;
  /** Calls a second: lately, and over the whole run at its end. */
  readonly rate: number;
  /** How long it still takes at this rate, in milliseconds; `undefined` if nobody can know. */
  readonly remaining: number | undefined;
  /** The running tasks that have called `currentTask().progress`, by their index. */
  readonly tasks: readonly TaskProgress[];
}

/**
 * Is told how far a run is: when it begins, at most ten times a second while something changes, otherwise
 * once a second, and always at the end. It is not called for a run that does not begin, as its calls can't run anywhere.
 *
 * What it throws is logged as an ERROR on the logger "paralog" (the 1st, 10th, 100th, … time), and the run
 * goes on.
 *
 * @param progress How far it is.
 */
export type ProgressListener = (progress: RunProgress) => void;

/**
 * Whether progress is shown, or who is told of it.
 *
 * `true` shows a bar at the bottom of the terminal if stderr is one, below what is logged and printed
 * meanwhile: calls that are done, their rate, the time that is left, running, failed and retried ones, and a
 * line for each of up to five tasks that tell their own progress. Several runs at once have their bars one
 * below the other. In the end one line stays, which says how the run ended.
 *
 * Where stderr is no terminal (or `TERM` is "dumb"), whole lines are written: the first after a second, the
 * next after pauses that double, up to a minute, each only if something has changed, and one at the end. So
 * it is also for runs inside of tasks in workers and processes: only the program itself draws bars.
 *
 * A function is told instead: see {@linkcode ProgressListener}.
 */
export type ProgressOption = boolean | ProgressListener;

/**
 * Checks the option of a user.
 *
 * @param option What was given; `undefined` is `false`.
 * @returns The option.
 * @throws {TypeError} If it is neither a boolean nor a function.
 */
export function checkProgress(option: unknown): ProgressOption {
  if (option === undefined) return false;
  // The cast: what parameters a function has, nobody can check.
  if (typeof option === "boolean" || typeof option === "function") return option as ProgressOption;
  throw new TypeError(
    `Cannot show progress with ${inspect(option)} as progress: give true, false or a function`,
  );
}
