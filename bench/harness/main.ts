/**
 * `deno task bench`: measures the figures of this folder.
 *
 * @module
 */

import { renderBudgets } from "./budgets.ts";
import type { Figure } from "./figure.ts";
import { Interruption, listenForInterruption } from "./interruption.ts";
import { findFigures, loadFigures } from "./load_figures.ts";
import { describeMachine, type Machine, renderLoad, renderMachine } from "./machine.ts";
import { renderSeconds } from "./number_text.ts";
import { checkWritable, type Options, readOptions, USAGE } from "./options.ts";
import { type FigureResult, keepResult, readResults, type Results } from "./results.ts";
import { measureRows } from "./rounds.ts";
import { renderFigure } from "./table.ts";
import { type Expectation, expectSeconds } from "./time_left.ts";

/** Where the numbers go if nothing else is said. */
const RESULTS = new URL("../results.json", import.meta.url);

/** The versions of all peers that are measured. */
async function versionsOf(
  figures: readonly Figure[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const { peer } of figures.flatMap(({ rows }) => rows)) {
    if (!peer || versions.has(peer.name) || await peer.obstacle(signal) !== undefined) continue;
    versions.set(peer.name, await peer.version());
  }
  return versions;
}

/** What a figure is measured with. */
interface Conditions {
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly expectation: Expectation;
  readonly machine: Machine;
  readonly versions: ReadonlyMap<string, string>;
}

async function measureFigure(
  figure: Figure,
  { options, signal, expectation, machine, versions }: Conditions,
): Promise<FigureResult> {
  const began = new Date();
  const { rounds, quick } = options;
  const rows = await measureRows(figure, {
    ...{ rounds, quick, signal, expectation },
    say: console.error,
  });
  const peers = new Set(figure.rows.map(({ peer }) => peer?.name));
  return {
    title: figure.title,
    began: began.toISOString(),
    seconds: Math.round((Date.now() - began.getTime()) / 1000),
    ...{ rounds, quick, machine },
    versions: Object.fromEntries([...versions].filter(([name]) => peers.has(name))),
    measures: figure.measures,
    budgets: figure.budgets,
    rows,
  };
}

/** Measures, prints and saves. Returns whether every round of every row went well. */
async function bench(options: Options, signal: AbortSignal): Promise<boolean> {
  const start = performance.now();
  const { json, rounds } = options;
  const figures = await loadFigures(options.figures, options.only);
  if (json !== undefined) await checkWritable(json);
  const earlier = json === undefined ? {} : await readResults(json);
  const machine = describeMachine();
  console.log([renderMachine(machine), renderLoad(machine) ?? []].flat().join("\n"));
  const versions = await versionsOf(figures, signal);
  for (const [name, version] of versions) console.log(`${name} ${version}`);
  const results: Record<string, FigureResult> = {};
  for (const [index, figure] of figures.entries()) {
    const later = figures.slice(index + 1).map(({ name }) => name);
    const expectation = {
      figure: expectSeconds([figure.name], { earlier, rounds }),
      later: expectSeconds(later, { earlier, rounds }),
    };
    const conditions = { options, signal, expectation, machine, versions };
    const result = await measureFigure(figure, conditions);
    results[figure.name] = result;
    // At once, so that an interruption later on does not lose it.
    if (json !== undefined) await keepResult(json, figure.name, result);
    console.log(`\n${renderFigure(result)}\n${renderRounds(result)}`);
  }
  console.log(`\n${renderEnd(results, options, (performance.now() - start) / 1000)}`);
  const rows = Object.values(results).flatMap(({ rows }) => rows);
  return rows.every(({ failures }) => failures.length === 0);
}

function renderRounds({ rounds, seconds }: FigureResult): string {
  const of = rounds === 1 ? "One round" : `Medians of ${rounds} rounds (least-most)`;
  return `${of}, in ${renderSeconds(seconds)}.`;
}

/** All budgets, how long it took, and where the numbers are. */
function renderEnd(results: Results, { quick, json }: Options, seconds: number): string {
  const lines = quick ? [] : renderBudgets(results);
  lines.push(`All of it took ${renderSeconds(seconds)}.`);
  if (typeof json === "string") lines.push(`The numbers are in ${json}.`);
  else if (json) lines.push('"deno task bench:plot" puts the numbers into docs/performance.md.');
  return lines.join("\n");
}

if (import.meta.main) {
  try {
    const options = readOptions(Deno.args, { figures: findFigures(), json: RESULTS });
    if (!options) console.log(USAGE);
    else if (!await bench(options, listenForInterruption())) Deno.exit(1);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof Interruption)) throw error;
    console.error(`bench: ${error.message}`);
    Deno.exit(error instanceof Interruption ? error.code : 2);
  }
}
