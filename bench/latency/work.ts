/**
 * What the programs of the figure of latency are told, and what they print.
 *
 * @module
 */

/** What a program is told to do. */
export interface LatencyInput {
  /** How many calls are made, one after the other, before those that are measured. */
  readonly warmUps: number;
  /** How many calls are measured. */
  readonly calls: number;
}

/** What a program prints: how long each call took, in microseconds. */
export type LatencyOutput = readonly number[];

/** Calls a function that adds one. */
export type AddOne = (x: number) => Promise<number>;
