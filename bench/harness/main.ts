/**
 * `deno task bench`: measures the figures of this folder.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Figure } from "./figure.ts";
import { describeMachine, renderMachine } from "./machine.ts";
import { measureRows, type RowResult } from "./rounds.ts";
import { renderFigure } from "./table.ts";

const USAGE = `Measures paralog beside its peers, in the same run.

Usage: deno task bench [FIGURE ...] [OPTIONS]

A figure is a file of bench/ without its ending, such as relay; all of them if none is named.

Options:
  --rounds=N    how many rounds are measured, after one to warm up (default: 5)
  --only=TEXT   only rows whose name has this text in it
  --quick       one round of little work: shows that it works, not how fast
  --json=FILE   where the numbers go (default: bench/results.json; with --quick nowhere)
  -h, --help    show this text`;

/** Where the figures are. */
const FOLDER = new URL("../", import.meta.url);

interface Options {
  readonly figures: readonly string[];
  readonly rounds: number;
  readonly only: string;
  readonly quick: boolean;
  readonly json: string | URL | undefined;
}

/** Reads the command line. Returns `undefined` if help was asked for; throws with what is wrong. */
function readOptions(args: readonly string[], known: readonly string[]): Options | undefined {
  const flags = parseArgs([...args], {
    string: ["rounds", "only", "json"],
    boolean: ["help", "quick"],
    alias: { h: "help" },
    unknown: (arg) => {
      if (known.includes(arg)) return true;
      throw new RangeError(`unknown argument ${arg}: figures are ${known.join(", ")}; see --help`);
    },
  });
  if (flags.help) return undefined;
  const rounds: unknown = flags.rounds ?? (flags.quick ? "1" : "5");
  if (typeof rounds !== "string" || !/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new RangeError(`--rounds is "${rounds}": allowed are 1, 2, 3, …`);
  }
  return {
    figures: flags._.length > 0 ? flags._.map(String) : known,
    rounds: Number(rounds),
    only: flags.only ?? "",
    quick: flags.quick === true,
    json: flags.json ?? (flags.quick ? undefined : new URL("results.json", FOLDER)),
  };
}

/** The names of the figures: files beside each other, one a figure. */
function findFigures(): string[] {
  return [...Deno.readDirSync(FOLDER)]
    .filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
    .map(({ name }) => name.slice(0, -".ts".length))
    .sort();
}

async function loadFigure(name: string, only: string): Promise<Figure> {
  const { figure }: { figure: Figure } = await import(new URL(`${name}.ts`, FOLDER).href);
  return { ...figure, rows: figure.rows.filter((row) => row.name.includes(only)) };
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
async function bench(options: Options): Promise<boolean> {
  const began = new Date();
  const machine = await describeMachine();
  const figures = await Promise.all(options.figures.map((name) => loadFigure(name, options.only)));
  const versions = await versionsOf(figures);
  console.log(renderMachine(machine));
  for (const [name, version] of Object.entries(versions)) console.log(`${name} ${version}`);
  const results: Record<string, readonly RowResult[]> = {};
  for (const figure of figures) {
    const rows = await measureRows(figure, { ...options, say: (text) => console.error(text) });
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
    const options = readOptions(Deno.args, findFigures());
    if (!options) console.log(USAGE);
    else if (!await bench(options)) Deno.exit(1);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`bench: ${error.message}`);
    Deno.exit(2);
  }
}
