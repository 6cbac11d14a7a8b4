/**
 * How many calls are taken from the input ahead of their end.
 *
 * Ported from joblib's `pre_dispatch`.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { evaluate } from "./arithmetic.ts";

/** How many calls may be in flight: taken from the input, and not settled. */
export interface PreDispatch {
  /**
   * joblib's `_pre_dispatch_amount`: the number that was given, in calls or batches; 0 for "all", and
   * for one worker.
   */
  readonly amount: number;
  /**
   * How many calls may be in flight.
   *
   * @param batchSize How many calls a batch has at this time.
   * @returns At least 1; `Infinity` for "all".
   */
  most(batchSize: number): number;
}

/** What a run is like, as far as {@linkcode checkPreDispatch} asks. */
export interface PreDispatchOptions {
  /** How many workers there are. */
  readonly nJobs: number;
  /** Whether `batchSize` is a number. Then batches are counted, otherwise calls. */
  readonly isFixed: boolean;
}

/** Batches in flight for each worker, unless something else is asked for; joblib's "2 * n_jobs". */
const BATCHES_EACH = 2;

/**
 * Checks the option `preDispatch`.
 *
 * @param option "all"; a number, or a sum such as "2*nJobs" or "nJobs + 4", whose result is cut to a
 * whole number. `undefined` is two batches for each worker, whatever size they have.
 * @param options What the run is like.
 * @returns How many calls may be in flight.
 * @throws {TypeError} If it is neither a number nor text.
 * @throws {RangeError} If it is no such sum, or less than 1.
 */
export function checkPreDispatch(
  option: unknown,
  { nJobs, isFixed }: PreDispatchOptions,
): PreDispatch {
  if (option === "all") return { amount: 0, most: () => Infinity };
  const number = option === undefined ? BATCHES_EACH * nJobs : countOf(option, nJobs);
  const countsBatches = option === undefined || isFixed;
  return {
    amount: nJobs === 1 ? 0 : number,
    most: (batchSize) => countsBatches ? number * batchSize : number,
  };
}

function countOf(option: unknown, nJobs: number): number {
  if (typeof option !== "number" && typeof option !== "string") {
    throw new TypeError(`Cannot take calls ahead by ${inspect(option)}: ${ALLOWED}`);
  }
  const result = typeof option === "number" ? option : evaluate(option, { nJobs, n_jobs: nJobs }); // joblib's name may stay.
  const whole = Math.trunc(result ?? NaN);
  if (whole >= 1 && whole < Infinity) return whole;
  const problem = typeof option === "number" || result === undefined
    ? inspect(option)
    : `${inspect(option)}, which is ${result} with ${nJobs} ${nJobs === 1 ? "job" : "jobs"}`;
  throw new RangeError(`Cannot take calls ahead by ${problem}: ${ALLOWED}`);
}

const ALLOWED = 'preDispatch must be "all", a number from 1, or a sum that gives one, such as ' +
  '"2*nJobs" or "nJobs + 4", of numbers, nJobs, + - * / // % ** and parentheses';
