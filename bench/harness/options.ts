/**
 * The command line of `deno task bench`.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { exists } from "@std/fs/exists";

/** What `--help` shows. */
export const USAGE = `Measures paralog beside its peers, in the same run.

Usage: deno task bench [FIGURE ...] [OPTIONS]

A figure is a file of bench/ without its ending, such as relay; all of them if none is named.
The tables go to stdout, with all budgets at the end; how far it is, and how long it still takes, to
stderr. The numbers replace those of the same figures in the file, and leave those of others there.

Options:
  --rounds=N    how many rounds are measured, after one to warm up (default: 5)
  --only=TEXT   only rows whose name has this text in it
  --quick       one round of little work: shows that it works, not how fast
  --json=FILE   where the numbers go (default: bench/results.json, from which "deno task bench:plot"
                makes docs/performance.md; with --only and --quick nowhere)
  -h, --help    show this text

Exit codes: 1 if a row failed or its results were wrong, 2 if an argument is. A budget that is not
met is told, and fails nothing: other programs may have been in the way.`;

/** What to measure. */
export interface Options {
  /** The names of the figures. */
  readonly figures: readonly string[];
  /** How many rounds are measured. */
  readonly rounds: number;
  /** What the names of rows have in them; "" is in all of them. */
  readonly only: string;
  /** Whether only to show that everything works. */
  readonly quick: boolean;
  /** Where the numbers go, if anywhere. */
  readonly json: string | URL | undefined;
}

/** What there is to choose from. */
export interface Known {
  /** The names of all figures. */
  readonly figures: readonly string[];
  /** Where the numbers go if nothing else is said. */
  readonly json: URL;
}

/**
 * Reads the command line.
 *
 * @param args The arguments.
 * @param known What there is to choose from.
 * @returns What to measure; `undefined` if help was asked for.
 * @throws {RangeError} If an argument is unknown, or has no such value.
 */
export function readOptions(args: readonly string[], known: Known): Options | undefined {
  const flags = parseArgs([...args], {
    string: ["rounds", "only", "json"],
    boolean: ["help", "quick"],
    alias: { h: "help" },
    unknown: (arg) => {
      if (known.figures.includes(arg)) return true;
      const figures = known.figures.join(", ");
      throw new RangeError(`unknown argument ${arg}: figures are ${figures}; see --help`);
    },
  });
  for (const flag of ["help", "quick"]) {
    const given = args.find((arg) => arg.startsWith(`--${flag}=`));
    if (given !== undefined) throw new RangeError(`${given} has a value: --${flag} takes none`);
  }
  if (flags.help) return undefined;
  const rounds: unknown = flags.rounds ?? (flags.quick ? "1" : "5");
  if (typeof rounds !== "string" || !/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new RangeError(`--rounds is "${rounds}": allowed are 1, 2, 3, …`);
  }
  for (const [flag, example] of [["only", "pino"], ["json", "numbers.json"]] as const) {
    if (flags[flag] === "") {
      throw new RangeError(`--${flag} needs a value, such as --${flag}=${example}`);
    }
  }
  return {
    figures: flags._.length > 0 ? flags._.map(String) : known.figures,
    rounds: Number(rounds),
    only: flags.only ?? "",
    quick: flags.quick === true,
    // Some rows alone would take the place of all rows of their figure.
    json: flags.json ?? (flags.quick || flags.only ? undefined : known.json),
  };
}

/**
 * Checks that numbers can be written to a file, before they are measured. Leaves it as it is.
 *
 * @param file The file; it need not be there yet.
 * @throws {RangeError} If it can't be written.
 */
export async function checkWritable(file: string | URL): Promise<void> {
  try {
    const isNew = !await exists(file);
    (await Deno.open(file, { write: true, create: true })).close();
    if (isNew) await Deno.remove(file);
  } catch (error) {
    throw new RangeError(`--json is "${file}": ${error instanceof Error ? error.message : error}`);
  }
}
