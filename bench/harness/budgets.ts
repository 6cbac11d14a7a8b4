/**
 * Whether rows reach what they should.
 *
 * @module
 */

import type { Budget } from "./figure.ts";
import { renderLimit, renderNumber, renderSummary } from "./number_text.ts";
import type { FigureResult, Results } from "./results.ts";
import { columnOf, compare, numbersOf, summarize, type Summary } from "./statistics.ts";

/** What became of a budget. */
export interface Verdict {
  /** The row that should reach it. */
  readonly row: string;
  /** What it should reach, such as `at most 0.05 times piscina in "us a call"`. */
  readonly what: string;
  /** What it reached; `undefined` if a row was not measured. */
  readonly found: Summary | undefined;
  /** The median as a multiple of the budget: up to 1, it is met. */
  readonly share: number | undefined;
  readonly state: "met" | "NOT met" | "not measured";
}

/**
 * Judges the budgets of a figure.
 *
 * @param result What was measured.
 * @returns A verdict for each of the budgets that are about rows of it, in their order.
 */
export function judge(result: Pick<FigureResult, "measures" | "budgets" | "rows">): Verdict[] {
  const names = new Set(result.rows.map(({ name }) => name));
  return result.budgets
    .filter(({ row, than = row }) => names.has(row) && names.has(than))
    .map((budget) => verdictOf(budget, result));
}

function verdictOf(
  { row, measure, most, than }: Budget,
  { measures, rows }: Pick<FigureResult, "measures" | "rows">,
): Verdict {
  const column = (name: string) => columnOf(rows.find((each) => each.name === name), measure);
  const found = than === undefined
    ? summarize(numbersOf(column(row)))
    : compare(column(row), column(than));
  const title = measures.find(({ key }) => key === measure)?.title ?? measure;
  const times = than === undefined ? "" : ` times ${than}`;
  const share = found && found.median / most;
  return {
    row,
    what: `at most ${renderLimit(most)}${times} in "${title}"`,
    found,
    share,
    state: share === undefined ? "not measured" : share <= 1 ? "met" : "NOT met",
  };
}

/** A verdict in a line. */
export function renderVerdict({ row, what, found, state }: Verdict): string {
  const is = found ? `, it is ${renderSummary(found)}` : "";
  return `${row}: ${what}: ${state}${is}`;
}

/** How many budgets are met, in a few words. */
export function countVerdicts(verdicts: readonly Verdict[]): string {
  const count = (state: Verdict["state"]) => verdicts.filter((each) => each.state === state).length;
  const rest = (["NOT met", "not measured"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `, ${count(state)} ${state}`);
  return `${count("met")} of ${verdicts.length} budgets met${rest.join("")}`;
}

/**
 * All budgets of a run.
 *
 * @param results What was measured, by the names of figures.
 * @returns Lines: one for each budget if there are several figures, then how many are met; nothing
 * if there are no budgets.
 */
export function renderBudgets(results: Results): string[] {
  const judged = judgeAll(results);
  if (judged.length === 0) return [];
  const lines = judged.map(({ figure, share, ...verdict }) => {
    const of = share === undefined ? "" : `, ${renderNumber(share)} of the budget`;
    return `${figure}: ${renderVerdict({ ...verdict, share })}${of}`;
  });
  return [...Object.keys(results).length > 1 ? lines : [], countVerdicts(judged)];
}

/** The verdicts of all figures, each with the name of its figure. */
export function judgeAll(results: Results): (Verdict & { readonly figure: string })[] {
  return Object.entries(results).flatMap(([figure, result]) =>
    judge(result).map((verdict) => ({ ...verdict, figure }))
  );
}
