/**
 * The arguments of an agent's command line, not yet looked at one by one.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { inspect } from "../../logging/text/inspect.ts";

/** Which arguments there are. */
export interface KnownArguments {
  /** `--name=value`. */
  readonly texts: readonly string[];
  /** `--name`. */
  readonly flags: readonly string[];
  /** `--name` or `--name=value`. */
  readonly both: readonly string[];
  /** Those that may be given more than once. */
  readonly repeated: readonly string[];
}

/** The values that an argument was given; one without a value has "". */
export type Arguments = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a command line.
 *
 * @param args The arguments.
 * @param known Which there are.
 * @returns Those that were given, with their values.
 * @throws {RangeError} If one is unknown, has no value or one too many, or is given twice.
 */
export function readArguments(args: readonly string[], known: KnownArguments): Arguments {
  const found = new Map<string, string[]>();
  // One at a time: that tells which ones are given twice. So a value always stands behind a "=".
  for (const arg of args) {
    const name = nameOf(arg, known);
    const value = /^[^=]*=(.+)$/s.exec(arg)?.[1];
    checkValue(name, { arg, value, known });
    const values = found.get(name) ?? [];
    if (values.length > 0 && !known.repeated.includes(name)) {
      throw new RangeError(`--${name} is given twice: give it once`);
    }
    found.set(name, [...values, value ?? ""]);
  }
  return found;
}

function nameOf(arg: string, { texts, flags, both }: KnownArguments): string {
  let isKnown = true;
  const parsed: object = parseArgs([arg], {
    boolean: flags,
    string: [...texts, ...both],
    alias: { h: "help" },
    unknown: () => isKnown = false,
  });
  const given = Object.entries<unknown>({ ...parsed }).filter(([, value]) => value !== false);
  const name = given.map(([key]) => key).find((key) => key.length > 1);
  if (isKnown && name !== undefined) return name;
  // It may hold a password, if only the name of the argument is wrong.
  const shown = arg.replace(/=.*$/s, "=…").replace(/:\/\/.*@/s, "://…@");
  throw new RangeError(`unknown argument ${inspect(shown)}: --help shows all there are`);
}

function checkValue(
  name: string,
  { arg, value, known }: { arg: string; value: string | undefined; known: KnownArguments },
): void {
  if (known.flags.includes(name)) {
    if (arg.includes("=")) throw new RangeError(`--${name} takes no value: leave "=" out`);
  } else if (value === undefined && (arg.includes("=") || !known.both.includes(name))) {
    // An empty variable of a shell must not mean all there is.
    throw new RangeError(`--${name} has no value: write --${name}=…`);
  }
}
