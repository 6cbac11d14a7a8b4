/**
 * docs/performance.md and its pictures, made from what was measured.
 *
 * @module
 */

import type { FigureResult, Results } from "../harness/results.ts";
import { CHARTS } from "./charts.ts";
import { drawingOf } from "./drawing.ts";
import { formatText } from "./format_text.ts";
import { renderBudgetTable, renderConditions, renderFigureBlock } from "./markdown.ts";
import { figuresIn, fillPage } from "./page.ts";
import { drawSvg } from "./svg.ts";

/** The page and its pictures. */
export interface PerformancePage {
  readonly page: string;
  /** SVG by the names of the files, without endings. */
  readonly pictures: ReadonlyMap<string, string>;
}

/**
 * Makes the page.
 *
 * @param page What it is now. What is not generated stays.
 * @param results What was measured.
 * @param charts The pictures.
 * @returns The page and its pictures, as they should be.
 * @throws {RangeError} If the page has no place for a figure, or a picture has no rows, or a row
 * failed, or a figure was measured only to show that everything works.
 */
export async function makePage(
  page: string,
  results: Results,
  charts = CHARTS,
): Promise<PerformancePage> {
  for (const [name, result] of Object.entries(results)) checkUsable(name, result);
  const chartsOf = (name: string) => charts.filter(({ figure }) => figure === name);
  const names = [...new Set([...figuresIn(page), ...Object.keys(results)])];
  const inOrder = Object.fromEntries(names.flatMap((name) => {
    const result = results[name];
    return result ? [[name, result]] : [];
  }));
  const blocks = new Map([
    ["conditions", renderConditions(inOrder)],
    ["budgets", renderBudgetTable(inOrder)],
    ...names.map((name) =>
      [`figure: ${name}`, renderFigureBlock(results[name], chartsOf(name))] as const
    ),
  ]);
  const pictures = charts.flatMap((chart) => {
    const result = results[chart.figure];
    return result ? [drawPicture(chart.name, drawSvg(drawingOf(chart, result)))] : [];
  });
  return {
    page: await formatText(fillPage(page, blocks), "md"),
    pictures: new Map(await Promise.all(pictures)),
  };
}

async function drawPicture(name: string, svg: Promise<string>): Promise<[string, string]> {
  return [name, await formatText(await svg, "svg")];
}

function checkUsable(name: string, { quick, rows }: FigureResult): void {
  const failed = rows.find(({ failures }) => failures.length > 0);
  const what = quick ? "it was --quick" : failed && `"${failed.name}" failed`;
  if (what === undefined) return;
  throw new RangeError(`Cannot use the results of ${name}: ${what}; run "deno task bench ${name}"`);
}
