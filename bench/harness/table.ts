/**
 * The table of a figure, for people.
 *
 * @module
 */

import type { Budget, Figure, Scale } from "./figure.ts";
import type { RowResult } from "./rounds.ts";
import { compare, summarize, type Summary } from "./statistics.ts";

/**
 * Renders a figure.
 *
 * @param figure What was measured.
 * @param results What came of each row.
 * @param scale How much work it was.
 * @returns Lines: the table, then what was skipped or failed, then the budgets.
 */
export function renderFigure(
  figure: Figure,
  results: readonly RowResult[],
  { quick }: Scale,
): string {
  const measured = results.filter(({ samples }) => samples.some((sample) => sample));
  const base = measured[0];
  const compared = figure.measures[0];
  const head = ["", ...figure.measures.map(({ title }) => title)];
  if (base && compared) head.push(`${compared.title.split(",")[0]}, times ${base.name}`);
  const body = measured.map((result) => {
    const cells = figure.measures.map(({ key }) => cell(summarize(numbers(result, key)), 2));
    const ratio = base && compared &&
      compare(column(result, compared.key), column(base, compared.key));
    return [result.name, ...cells, result === base ? "" : cell(ratio, 1)];
  });
  const title = quick ? `${figure.title}: less of it, so the times mean nothing` : figure.title;
  const lines = [title, "", ...alignColumns([head, ...body])];
  for (const { name, skipped, failures, samples } of results) {
    if (skipped !== undefined) lines.push(`${name}: not measured: ${skipped}`);
    const faults = samples.flatMap((sample) => sample?.fault ?? []);
    if (faults.length > 0) {
      lines.push(`${name}: faulty in ${faults.length} of ${samples.length} rounds: ${faults[0]}`);
    }
    for (const failure of failures) lines.push(`${name}: FAILED in ${failure}`);
  }
  const budgets = quick ? [] : figure.budgets;
  for (const budget of budgets) lines.push(...renderBudget(figure, budget, measured));
  return lines.join("\n");
}

function renderBudget(figure: Figure, budget: Budget, results: readonly RowResult[]): string[] {
  const find = (name: string) => results.find((result) => result.name === name);
  const row = find(budget.row);
  if (!row) return [];
  const title = figure.measures.find(({ key }) => key === budget.measure)?.title ?? budget.measure;
  const most = budget.most.toPrecision(2);
  if (budget.than === undefined) {
    const found = summarize(numbers(row, budget.measure));
    return [verdict(`${row.name}: at most ${most} in "${title}"`, found, budget)];
  }
  const than = find(budget.than);
  if (!than) return [];
  const found = compare(column(row, budget.measure), column(than, budget.measure));
  return [verdict(`${row.name}: at most ${most} times ${than.name} in "${title}"`, found, budget)];
}

function verdict(what: string, found: Summary | undefined, { most }: Budget): string {
  if (!found) return `budget: ${what}: not measured`;
  const is = found.median <= most ? "met" : "NOT met";
  return `budget: ${what}: ${is}, it is ${cell(found, 2)}`;
}

/** The numbers of a measure, round by round. */
function column({ samples }: RowResult, key: string): (number | undefined)[] {
  return samples.map((sample) => sample?.values[key]);
}

function numbers(result: RowResult, key: string): number[] {
  return column(result, key).filter((value) => value !== undefined);
}

/** The median with the spread behind it. */
function cell(summary: Summary | undefined, digits: number): string {
  if (!summary) return "-";
  const { median, least, most } = summary;
  const text = (value: number) => value.toFixed(value >= 100 ? 0 : digits);
  return summary.count === 1 ? text(median) : `${text(median)} (${text(least)}-${text(most)})`;
}

/** The first column to the left, numbers to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row.map((text, i) => i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))
      .join("  ").trimEnd()
  );
}
