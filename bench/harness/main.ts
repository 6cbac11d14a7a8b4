/**
 * `deno task bench`: measures the figures of this folder.
 *
 * @module
 */

import type { Figure } from "./figure.ts";
import { Interruption, listenForInterruption } from "./interruption.ts";
import { describeMachine, renderMachine } from "./machine.ts";
import { checkWritable, type Options, readOptions, USAGE } from "./options.ts";
import { measureRows, type RowResult } from "./rounds.ts";
import { renderFigure } from "./table.ts";

/** Where the figures are. */
const FOLDER = new URL("../", import.meta.url);

/** The names of the figures: files beside each other, one a figure. */
function findFigures(): string[] {
  return [...Deno.readDirSync(FOLDER)]
    .filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
    .map(({ name }) => name.slice(0, -".ts".length))
    .sort();
}

/** The figures with those of their rows that are asked for; only such as have any. */
async function loadFigures({ figures, only }: Options): Promise<readonly Figure[]> {
  const loaded = await Promise.all(figures.map(async (name) => {
    const { figure }: { figure: Figure } = await import(new URL(`${name}.ts`, FOLDER).href);
    return figure;
  }));
  const chosen = loaded
    .map((figure) => ({ ...figure, rows: figure.rows.filter(({ name }) => name.includes(only)) }))
    .filter(({ rows }) => rows.length > 0);
  if (chosen.length > 0) return chosen;
  const names = loaded.flatMap(({ rows }) => rows).map(({ name }) => `"${name}"`);
  throw new RangeError(`--only is "${only}": rows are ${names.join(", ")}`);
}

/** The versions of all peers that are measured. */
async function versionsOf(figures: readonly Figure[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { peer } of figures.flatMap(({ rows }) => rows)) {
    if (!peer || peer.name in versions || await peer.obstacle() !== undefined) continue;
    versions[peer.name] = await peer.version();
  }
  return versions;
}

/** Measures, prints and saves. Returns whether every round of every row went well. */
async function bench(options: Options, signal: AbortSignal): Promise<boolean> {
  const began = new Date();
  const figures = await loadFigures(options);
  if (options.json !== undefined) await checkWritable(options.json);
  const machine = await describeMachine();
  const versions = await versionsOf(figures);
  console.log(renderMachine(machine));
  for (const [name, version] of Object.entries(versions)) console.log(`${name} ${version}`);
  const results: Record<string, readonly RowResult[]> = {};
  for (const figure of figures) {
    const rows = await measureRows(figure, { ...options, signal, say: console.error });
    results[figure.name] = rows;
    console.log(`\n${renderFigure(figure, rows, options)}`);
  }
  const seconds = Math.round((Date.now() - began.getTime()) / 1000);
  const of = options.rounds === 1
    ? "One round"
    : `Medians of ${options.rounds} rounds (least-most)`;
  console.log(`\n${of}, in ${seconds} s.`);
  if (options.json !== undefined) {
    const { rounds, quick } = options;
    const json = { began, seconds, rounds, quick, machine, versions, figures: results };
    await Deno.writeTextFile(options.json, JSON.stringify(json, null, 2) + "\n");
  }
  return Object.values(results).flat().every(({ failures }) => failures.length === 0);
}

if (import.meta.main) {
  try {
    const known = { figures: findFigures(), json: new URL("results.json", FOLDER) };
    const options = readOptions(Deno.args, known);
    if (!options) console.log(USAGE);
    else if (!await bench(options, listenForInterruption())) Deno.exit(1);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof Interruption)) throw error;
    console.error(`bench: ${error.message}`);
    Deno.exit(error instanceof Interruption ? error.code : 2);
  }
}
