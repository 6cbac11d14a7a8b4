// A stand-in for @std/cli/parse-args over node:util parseArgs, used only where jsr.io can't be reached.
import { parseArgs as nodeParseArgs } from "node:util";

/** The options of `@std/cli` that this project uses. */
export interface ParseOptions {
  boolean?: readonly string[];
  string?: readonly string[];
  alias?: Readonly<Record<string, string>>;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What `parseArgs` returns: the flags by name, and the words that are not flags. */
export interface Args {
  _: (string | number)[];
  // deno-lint-ignore no-explicit-any -- the signature of @std/cli
  [flag: string]: any;
}

export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const known = new Map<string, "string" | "boolean">();
  for (const name of options.boolean ?? []) known.set(name, "boolean");
  for (const name of options.string ?? []) known.set(name, "string");
  const alias = options.alias ?? {};
  const result: Args = { _: [] };
  for (const name of options.boolean ?? []) result[name] = false;
  const { tokens } = nodeParseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      [...known].map(([name, type]) => [name, { type, ...shortOf(alias, name) }]),
    ),
  });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (options.unknown?.(token.value) !== false) result._.push(token.value);
      continue;
    }
    const name = alias[token.name] ?? token.name;
    const type = known.get(name);
    const value = type === "string" ? token.value ?? "" : token.value ?? true;
    if (!type && options.unknown?.(token.rawName, name, value) === false) continue;
    result[name] = value;
  }
  for (const [short, name] of Object.entries(alias)) {
    if (name in result) result[short] = result[name];
  }
  return result;
}

function shortOf(alias: Readonly<Record<string, string>>, name: string): { short?: string } {
  const short = Object.keys(alias).find((key) => key.length === 1 && alias[key] === name);
  return short === undefined ? {} : { short };
}
