/**
 * What the programs of the figure of calls are told, and what they print.
 *
 * @module
 */

/** What a program is told to do. */
export interface CallsInput {
  /** How many calls a run makes. */
  readonly calls: number;
  /**
   * How long runs are repeated to warm up, and once more to be measured, in milliseconds.
   *
   * @default none: there is one run
   */
  readonly atLeast?: number;
}

/** What a program prints. */
export interface CallsOutput {
  /** How long each measured run took, in milliseconds. */
  readonly runs: readonly number[];
  /**
   * What all threads and processes computed meanwhile, in milliseconds of a core. It is not there where it
   * can't be found out.
   */
  readonly cpu?: number;
}

/** Calls a function that adds one with each number, and gathers the results. */
export type AddOneToEach = (numbers: readonly number[]) => Promise<readonly number[]>;
