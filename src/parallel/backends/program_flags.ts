/**
 * The flags of Deno that this program was started with, as far as they concern its child processes.
 *
 * @module
 */

import { PERMISSION_NAMES, type PermissionName } from "../options/permissions.ts";

/** What the flags of a program say. */
export interface ProgramFlags {
  /** What each process gets as well: the configuration, the import map, unstable features, V8's flags, … */
  readonly shared: readonly string[];
  /** What `--allow-…` lists. */
  readonly allowed: PermissionLists;
  /** What `--deny-…` lists. */
  readonly denied: PermissionLists;
  /** What `--ignore-…` lists. */
  readonly ignored: PermissionLists;
  /** Whether these are all restrictions: the configuration may have more, and the flags may be unknown. */
  readonly isComplete: boolean;
  /** The main module as it was given, if it was. */
  readonly script: string | undefined;
}

/** Items by the permission that they are listed for. Of a flag without a list there are none. */
export type PermissionLists = ReadonlyMap<PermissionName, readonly string[]>;

/** Flags whose value is behind "=", or in the next argument. */
const WITH_VALUE = new Set([
  ...["config", "import-map", "lock", "cert", "location", "seed", "conditions", "min-dep-age"],
  ...["node-modules-linker", "preload", "import", "require"],
]);

/** Flags whose value, if they have one, is behind "=". */
const SHARED = new Set([
  ...["no-config", "no-lock", "frozen", "frozen-lockfile", "no-remote", "no-npm", "cached-only"],
  ...["node-modules-dir", "vendor", "unsafely-ignore-certificate-errors", "use-env-proxy"],
  ...["v8-flags", "no-code-cache"],
]);

/** What one letter stands for. */
const SHORT: Readonly<Record<string, string>> = {
  A: "allow-all",
  P: "permission-set",
  R: "allow-read",
  W: "allow-write",
  I: "allow-import",
  N: "allow-net",
  E: "allow-env",
  S: "allow-sys",
  c: "config",
};

/** What Deno can be told to do with a program. */
const SUBCOMMANDS = new Set(["run", "serve", "test", "bench", "eval", "repl", "jupyter", "x"]);

/** Of these, the last argument is the main module. */
const WITH_SCRIPT = new Set([undefined, "run", "serve", "x"]);

/** A flag of Deno. */
interface Flag {
  readonly name: string;
  /** What is behind "=", or in the next argument. */
  readonly value: string | undefined;
}

/**
 * Reads the arguments that Deno was started with.
 *
 * @param args The arguments, without those of the program itself; `undefined` if they are not known.
 * @param isOurs Tells which modules that Deno was to load first are ours: this may be a child process.
 * @returns What they say.
 */
export function parseFlags(
  args: readonly string[] | undefined,
  isOurs: (preload: string) => boolean = () => false,
): ProgramFlags {
  const { flags, words } = readFlags(args ?? []);
  const [subcommand] = words.filter((word, index) => index === 0 && SUBCOMMANDS.has(word));
  const isScript = WITH_SCRIPT.has(subcommand) && words.length > (subcommand ? 1 : 0);
  return {
    shared: flags.filter((flag) => isShared(flag, isOurs)).map(({ name, value }) =>
      value === undefined ? `--${name}` : `--${name}=${value}`
    ),
    allowed: listsOf("allow", flags),
    denied: listsOf("deny", flags),
    ignored: listsOf("ignore", flags),
    isComplete: args !== undefined && !flags.some(({ name }) => name === "permission-set"),
    script: isScript ? words.at(-1) : undefined,
  };
}

/** Flags, and what stands between them. */
function readFlags(args: readonly string[]): { flags: Flag[]; words: string[] } {
  const flags: Flag[] = [];
  const words: string[] = [];
  const rest = args[Symbol.iterator]();
  for (const arg of rest) {
    if (!arg.startsWith("-") || arg === "-") {
      words.push(arg);
      continue;
    }
    for (const { name, value } of spellOut(arg)) {
      const isNext = value === undefined && WITH_VALUE.has(name);
      flags.push({ name, value: isNext ? rest.next().value : value });
    }
  }
  return { flags, words };
}

/** Several flags of one letter can stand together; a value belongs to the last one. */
function spellOut(arg: string): Flag[] {
  const [head = "", ...tail] = arg.split("=");
  const value = tail.length > 0 ? tail.join("=") : undefined;
  if (head.startsWith("--")) return [{ name: head.slice(2), value }];
  const flags: Flag[] = [];
  for (let at = 1; at < head.length; at++) {
    const name = SHORT[head[at] ?? ""] ?? "";
    // A value may also follow its letter at once.
    if (WITH_VALUE.has(name)) {
      return [...flags, { name, value: value ?? (head.slice(at + 1) || undefined) }];
    }
    flags.push({ name, value: at === head.length - 1 ? value : undefined });
  }
  return flags;
}

function isShared({ name, value }: Flag, isOurs: (preload: string) => boolean): boolean {
  if (name.startsWith("unstable")) return true;
  if (name === "preload" || name === "import") return value !== undefined && !isOurs(value);
  return SHARED.has(name) || (WITH_VALUE.has(name) && value !== undefined);
}

function listsOf(verb: "allow" | "deny" | "ignore", flags: readonly Flag[]): PermissionLists {
  const lists = new Map<PermissionName, string[]>();
  for (const permission of PERMISSION_NAMES) {
    const found = flags.filter(({ name }) => name === `${verb}-${permission}`);
    if (found.length > 0) lists.set(permission, found.flatMap(({ value }) => splitList(value)));
  }
  return lists;
}

/** Two commas stand for one that is part of an item. */
function splitList(list: string | undefined): string[] {
  const parts = list?.replaceAll(",,", "\0").split(",") ?? [];
  return parts.map((part) => part.replaceAll("\0", ",")).filter((part) => part !== "");
}
