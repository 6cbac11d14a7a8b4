/**
 * What a run may be told to do with the records of each task.
 *
 * @module
 */

import type { FormatterLike } from "../../logging/formatter.ts";
import type { Handler } from "../../logging/handler.ts";
import type { Level } from "../../logging/levels.ts";
import type { StdHandler } from "../../logging/std_log.ts";
import type { LoggedTask } from "./task_path.ts";

/** A file for each task. */
export interface TaskFileOptions {
  /**
   * The path, in Python's % style: `%(taskIndex)d` must be in it, `%(run)s` may. What else is known before
   * the run is written as it is: `logs/${Deno.pid}-%(taskIndex)03d.log`. Folders are made.
   */
  file: string;
  /**
   * How records become text: a pattern, a function, or a formatter.
   *
   * @default "%(asctime)s %(levelname)s %(name)s %(message)s"
   */
  format?: FormatterLike;
  /**
   * How `asctime` is written, in codes of C's `strftime`; it goes with a pattern.
   *
   * @default "%Y-%m-%d %H:%M:%S" and the milliseconds
   */
  datefmt?: string;
  /**
   * Records below this level are not written to the file. It shows no more than the levels of the
   * caller's loggers let pass.
   *
   * @default "NOTSET"
   */
  level?: Level;
  /**
   * "w" empties a file that is there when its task starts, "a" appends to it.
   *
   * @default "w"
   */
  mode?: "a" | "w";
  /**
   * Whether the caller's handlers get the records too.
   *
   * @default true
   */
  propagate?: boolean;
}

/** When the caller's handlers get the records of a task, and how many are kept until then. */
export interface TaskFingersCrossedOptions {
  /**
   * A record at or above this level hands on all that its task logged before.
   *
   * @default "ERROR"
   */
  level?: Level;
  /**
   * How many records of a task are kept; the oldest are dropped, which a record then says.
   *
   * @default 1000
   */
  capacity?: number;
  /**
   * Whether the records of a task that fails are handed on too: one that throws, that ends its worker, or
   * that the run's signal stops. One that is stopped because another task has failed is not to blame.
   *
   * @default true
   */
  releaseOnFailure?: boolean;
}

/**
 * Makes the handler of a task. It is called when the task starts; what it throws fails the call. The
 * handler is closed when the task has ended, unless a logger of the program has it.
 *
 * @param task Which task it is.
 * @returns A handler for this task alone.
 */
export type TaskHandlerMaker = (task: LoggedTask) => Handler | StdHandler;

/**
 * What the records of each task go to:
 *
 * - a path such as "logs/%(run)s-%(taskIndex)03d.log": a file for each task, beside the caller's handlers;
 * - "fingersCrossed": the caller's handlers, but only once something goes wrong in the task; then all of
 *   its records, in order. Those of tasks in which nothing does are let go;
 * - `{ file: … }` and `{ fingersCrossed: { … } }`: the same with options;
 * - a function that makes a handler for each task, beside the caller's.
 */
export type TaskLogs =
  | "fingersCrossed"
  | (string & Record<never, never>) // Keeps the one above in editors' completion.
  | TaskFileOptions
  | { fingersCrossed: TaskFingersCrossedOptions }
  | TaskHandlerMaker;
