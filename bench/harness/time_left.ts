/**
 * How long a run still takes.
 *
 * @module
 */

import { renderSeconds } from "./number_text.ts";
import type { Results } from "./results.ts";

/** How long figures will take, judging by an earlier run, if there was one; in seconds. */
export interface Expectation {
  /** The whole figure. */
  readonly figure: number | undefined;
  /** The figures after it, together. */
  readonly later: number | undefined;
}

/** How far a figure is. */
export interface Position {
  /** How many rounds are over; the one that warms up is one of them. */
  readonly done: number;
  /** How many there are. */
  readonly all: number;
  /** How long those took that are over, in seconds. */
  readonly elapsed: number;
}

/**
 * Tells how long it still takes. Rounds of this run say more than an earlier run, as soon as there
 * are some.
 *
 * @param position How far the figure is.
 * @param expectation What an earlier run tells.
 * @returns A text to put behind others; empty if nothing is known.
 */
export function renderTimeLeft(
  { done, all, elapsed }: Position,
  { figure, later }: Expectation,
): string {
  const left = done > 0 ? elapsed / done * (all - done) : figure;
  if (left === undefined) return "";
  const text = `, about ${renderSeconds(left)} left`;
  return later ? `${text}, ${renderSeconds(left + later)} with the other figures` : text;
}

/** What tells how long figures will take. */
export interface Experience {
  /** What earlier runs measured. */
  readonly earlier: Results;
  /** How many rounds it will be now. */
  readonly rounds: number;
}

/**
 * How long figures will take, judging by earlier runs.
 *
 * @param figures Their names.
 * @param experience What is known.
 * @returns Seconds; `undefined` if one of the figures was not measured yet.
 */
export function expectSeconds(
  figures: readonly string[],
  { earlier, rounds }: Experience,
): number | undefined {
  return figures.reduce<number | undefined>((sum, name) => {
    const before = earlier[name];
    // One more round warms up.
    return sum === undefined || !before
      ? undefined
      : sum + before.seconds * (rounds + 1) / (before.rounds + 1);
  }, 0);
}
