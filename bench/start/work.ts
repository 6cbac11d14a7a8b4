/**
 * What the programs of the figure of starting are told, and what they print.
 *
 * @module
 */

/** What a program is told to do. */
export interface StartInput {
  /** How often a pool or worker is started, used once and ended. */
  readonly starts: number;
}

/** What a program prints: from just before each start to the first result, in milliseconds. */
export type StartOutput = readonly number[];

/** What was started and has answered. */
export interface Started {
  /** Two, as the sum of one and one. */
  readonly result: number;
  /** Ends it. */
  readonly end: () => unknown;
}
