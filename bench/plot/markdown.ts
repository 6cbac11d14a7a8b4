/**
 * What was measured, as Markdown. Its layout is left to `deno fmt`.
 *
 * @module
 */

import { countVerdicts, judgeAll } from "../harness/budgets.ts";
import { renderLoad, renderMachine } from "../harness/machine.ts";
import { renderNumber, renderSeconds, renderSummary } from "../harness/number_text.ts";
import type { FigureResult, Results } from "../harness/results.ts";
import { tableOf } from "../harness/table.ts";
import type { Chart } from "./drawing.ts";

/**
 * On which machines it was measured, and which peers.
 *
 * @param results What was measured.
 * @returns A list and a table.
 */
export function renderConditions(results: Results): string {
  const figures = Object.entries(results);
  const machines = Map.groupBy(figures, ([, { machine }]) => renderMachine(machine));
  const peers = Map.groupBy(
    figures.flatMap(([name, { versions }]) =>
      Object.entries(versions).map((peer) => [name, peer] as const)
    ),
    ([, [peer, version]]) => `${peer}\n${version}`,
  );
  const lines = [...machines].map(([machine, group]) =>
    `- ${machines.size > 1 ? `${namesOf(group)}: ` : ""}${escape(machine)}`
  );
  const busy = Map.groupBy(figures, ([, { machine }]) => renderLoad(machine));
  for (const [warning, group] of busy) {
    if (warning !== undefined) lines.push(`- ${namesOf(group)}: ${escape(warning)}`);
  }
  const rows = [...peers].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([peer, group]) => [...peer.split("\n"), namesOf(group)].map(escape));
  const table = rows.length > 0 ? renderTable([["peer"], ["version"], ["in"]], rows) : "";
  return [...lines, "", table].join("\n");
}

/**
 * All budgets.
 *
 * @param results What was measured.
 * @returns How many are met, and a table.
 */
export function renderBudgetTable(results: Results): string {
  const verdicts = judgeAll(results);
  if (verdicts.length === 0) return "No budget was measured yet.";
  const rows = verdicts.map(({ figure, row, what, found, share, state }) => [
    ...[figure, row, what, renderSummary(found)].map(escape),
    share === undefined ? "-" : renderNumber(share),
    state === "met" ? state : `**${state}**`,
  ]);
  const head: Head[] = [
    ...[["figure"], ["row"], ["budget"]] as const,
    ...[["measured", "right"], ["of the budget", "right"], [""]] as const,
  ];
  return `${countVerdicts(verdicts)}.\n\n${renderTable(head, rows)}`;
}

/**
 * A figure.
 *
 * @param result What was measured; `undefined` if nothing was.
 * @param charts The pictures of it.
 * @returns What it is, its table, what to know besides, its pictures.
 */
export function renderFigureBlock(
  result: FigureResult | undefined,
  charts: readonly Chart[],
): string {
  if (!result) return "Not measured yet.";
  const { title, rounds, seconds, began } = result;
  const { head, body, notes } = tableOf(result);
  const of = rounds === 1 ? "one round" : `medians of ${rounds} rounds (least-most)`;
  return [
    `${escape(title)}: ${of}, ${began.slice(0, 10)}, in ${renderSeconds(seconds)}.`,
    renderTable(
      head.map((title, column) => column === 0 ? [title] : [escape(title), "right"]),
      body.map((row) => row.map(escape)),
    ),
    notes.map((note) => `- ${escape(note.split("\n")[0] ?? "")}`).join("\n"),
    ...charts.map(({ name, title }) => `![${title}](performance/${name}.svg)`),
  ].filter((part) => part !== "").join("\n\n");
}

/** The head of a column, and its side if that is not the left one. */
type Head = readonly [title: string, side?: "right"];

/** A table of cells that are Markdown already. */
function renderTable(heads: readonly Head[], body: readonly (readonly string[])[]): string {
  const titles = heads.map(([title]) => title);
  const sides = heads.map(([, side]) => side === "right" ? "---:" : "---");
  return [titles, sides, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A text that Markdown leaves as it is. */
function escape(text: string): string {
  return text.replace(/[\\|*`<[\]]|\b_|_\b/g, "\\$&");
}

function namesOf(group: readonly (readonly [name: string, ...unknown[]])[]): string {
  return group.map(([name]) => name).join(", ");
}
