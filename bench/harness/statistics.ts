/**
 * Numbers of several rounds as one.
 *
 * @module
 */

import type { RowResult } from "./rounds.ts";

/** Numbers of several rounds. */
export interface Summary {
  /** How many there were. */
  readonly count: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Sums numbers up.
 *
 * @param values The number of each round.
 * @returns The median and the spread; `undefined` if there are no numbers.
 */
export function summarize(values: readonly number[]): Summary | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  if (least === undefined || most === undefined || low === undefined || high === undefined) {
    return undefined;
  }
  return { count: sorted.length, median: (low + high) / 2, least, most };
}

/**
 * How many times as much one row took as another, round by round: what slows a whole round down is
 * in both numbers.
 *
 * @param values The number of each round; `undefined` where there is none.
 * @param others Those of the other row.
 * @returns The ratios, summed up.
 */
export function compare(
  values: readonly (number | undefined)[],
  others: readonly (number | undefined)[],
): Summary | undefined {
  const ratios = values.flatMap((value, round) => {
    const other = others[round];
    return value === undefined || other === undefined ? [] : [value / other];
  });
  return summarize(ratios);
}

/**
 * The numbers of a measure, round by round.
 *
 * @param result What came of a row, if it is there.
 * @param key The key of the measure.
 * @returns The number of each round; `undefined` where there is none.
 */
export function columnOf(result: RowResult | undefined, key: string): (number | undefined)[] {
  return result?.samples.map((sample) => sample?.values[key]) ?? [];
}

/**
 * Numbers without the rounds that have none.
 *
 * @param column The numbers, round by round.
 * @returns Those that are there.
 */
export function numbersOf(column: readonly (number | undefined)[]): number[] {
  return column.filter((value) => value !== undefined);
}
