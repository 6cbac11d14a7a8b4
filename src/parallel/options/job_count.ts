/**
 * How many calls run at once.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { currentNesting } from "../tasks/current_task.ts";

/**
 * Counts the jobs. joblib's arithmetic: -1 is all cores, -2 all but one; never less than 1. Runs within tasks
 * share the cores.
 *
 * @param nJobs What was given.
 * @returns How many calls run at once.
 * @throws {RangeError} If it is 0 or no whole number.
 * @throws {TypeError} If it is an object: the options come second.
 */
export function countJobs(nJobs: number): number {
  if (!Number.isSafeInteger(nJobs) || nJobs === 0) {
    if (typeof nJobs === "object" && nJobs !== null) {
      throw new TypeError(
        "Cannot make a Parallel of options alone: the number of jobs comes first, " +
          "new Parallel(nJobs, options)",
      );
    }
    throw new RangeError(
      `Cannot run ${inspect(nJobs)} jobs at once: nJobs must be 1, 2, 3, …, or -1 for all cores, ` +
        "-2 for all but one, …",
    );
  }
  if (nJobs > 0) return nJobs;
  const cores = Math.floor(navigator.hardwareConcurrency / currentNesting().jobs);
  return Math.max(cores + 1 + nJobs, 1);
}
