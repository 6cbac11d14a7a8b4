/**
 * The table of a figure, for people.
 *
 * @module
 */

import { judge, renderVerdict } from "./budgets.ts";
import { renderSummary } from "./number_text.ts";
import type { FigureResult } from "./results.ts";
import { columnOf, compare, numbersOf, summarize } from "./statistics.ts";

/** What was measured, as a table needs it. */
export type Measured = Pick<FigureResult, "title" | "quick" | "measures" | "budgets" | "rows">;

/** A table without its layout. */
export interface Table {
  /** The heads of the columns; that of the names is empty. */
  readonly head: readonly string[];
  /** The cells of each row that was measured, its name first. */
  readonly body: readonly (readonly string[])[];
  /** What to know of rows besides: why they are not there, what was wrong, what failed. */
  readonly notes: readonly string[];
}

/**
 * Sums the rounds of a figure up.
 *
 * @param result What was measured.
 * @returns Medians with their spread; the last column compares with the first row.
 */
export function tableOf({ measures, rows }: Pick<Measured, "measures" | "rows">): Table {
  const measured = rows.filter(({ samples }) => samples.some((sample) => sample));
  const [base] = measured;
  const [compared] = measures;
  const head = ["", ...measures.map(({ title }) => title)];
  if (base && compared) head.push(`${compared.title.split(",")[0]}, times ${base.name}`);
  const body = measured.map((row) => {
    const cells = measures.map(({ key }) =>
      renderSummary(summarize(numbersOf(columnOf(row, key))))
    );
    const ratio = compared && compare(columnOf(row, compared.key), columnOf(base, compared.key));
    return [row.name, ...cells, row === base ? "" : renderSummary(ratio)];
  });
  return { head, body, notes: notesOn(rows) };
}

function notesOn(rows: Measured["rows"]): string[] {
  return rows.flatMap(({ name, skipped, failures, samples }) => {
    const faults = samples.flatMap((sample) => sample?.fault ?? []);
    return [
      ...(skipped === undefined ? [] : [`${name}: not measured: ${skipped}`]),
      ...(faults.length === 0
        ? []
        : [`${name}: faulty in ${faults.length} of ${samples.length} rounds: ${faults[0]}`]),
      ...failures.map((failure) => `${name}: FAILED in ${failure}`),
    ];
  });
}

/**
 * Renders a figure.
 *
 * @param result What was measured.
 * @returns Lines: the table, then what was skipped or failed, then the budgets.
 */
export function renderFigure(result: Measured): string {
  const { title, quick } = result;
  const { head, body, notes } = tableOf(result);
  const verdicts = quick ? [] : judge(result).map((verdict) => `budget: ${renderVerdict(verdict)}`);
  return [
    quick ? `${title}: less of it, so the times mean nothing` : title,
    "",
    ...alignColumns([head, ...body]),
    ...notes,
    ...verdicts,
  ].join("\n");
}

/**
 * Puts cells below each other: the first column to the left, the others to the right.
 *
 * @param rows The cells of each line.
 * @returns The lines.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row.map((text, i) => i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))
      .join("  ").trimEnd()
  );
}
