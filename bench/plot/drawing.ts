/**
 * What a picture shows: lines through measured points.
 *
 * @module
 */

import type { Measure } from "../harness/figure.ts";
import type { FigureResult } from "../harness/results.ts";
import { columnOf, numbersOf, summarize } from "../harness/statistics.ts";

/** Where a number of a table stands in a picture. */
export interface Place {
  /** The line that it belongs to. */
  readonly line: string;
  readonly x: number;
  /** How `x` is written. */
  readonly label: string;
  /** What the number is multiplied with, if its unit is not that of the axis. @default 1 */
  readonly times?: number;
}

/** A picture of a figure. */
export interface Chart {
  /** The name of its file, without the ending. */
  readonly name: string;
  /** The name of the figure. */
  readonly figure: string;
  /** What it shows, in a line. */
  readonly title: string;
  /** What is on the axes, with units. */
  readonly axes: { readonly x: string; readonly y: string };
  /** Where the number of a row and a measure stands; `undefined` if it is not in the picture. */
  readonly place: (row: string, measure: Measure) => Place | undefined;
}

/** A point with the spread of its rounds. */
export interface Point extends Omit<Place, "times"> {
  readonly y: number;
  readonly least: number;
  readonly most: number;
}

/** A picture with its numbers. */
export interface Drawing extends Pick<Chart, "title" | "axes"> {
  readonly points: readonly Point[];
}

/**
 * Takes the numbers of a picture from what was measured.
 *
 * @param chart The picture.
 * @param result What was measured of its figure.
 * @returns Points, in the order of the rows. Rows that were not measured have none.
 * @throws {RangeError} If the figure has no such rows.
 */
export function drawingOf({ name, title, axes, place }: Chart, result: FigureResult): Drawing {
  const cells = result.rows.flatMap((row) => result.measures.map((measure) => ({ row, measure })));
  const placed = cells.flatMap(({ row, measure }) => {
    const found = place(row.name, measure);
    return found ? [{ found, column: columnOf(row, measure.key) }] : [];
  });
  if (placed.length === 0) {
    const rows = result.rows.map((row) => `"${row.name}"`).join(", ");
    throw new RangeError(`Cannot draw ${name}.svg: no row is for it; rows are ${rows}`);
  }
  const points = placed.flatMap(({ found, column }) => {
    const summary = summarize(numbersOf(column));
    if (!summary) return [];
    const { median, least, most } = summary;
    const { times = 1, ...point } = found;
    return [{ ...point, y: median * times, least: least * times, most: most * times }];
  });
  return { title, axes, points };
}
