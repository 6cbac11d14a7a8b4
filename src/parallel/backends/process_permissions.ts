/**
 * The flags that give a child process its permissions: never more than this program has.
 *
 * @module
 */

import {
  grantOf,
  PERMISSION_NAMES,
  type PermissionName,
  type ProcessPermissions,
} from "../options/permissions.ts";
import type { ProgramFlags } from "./program_flags.ts";

/** What permissions are made of. */
interface Wanted {
  /** What the tasks may do. */
  readonly permissions: ProcessPermissions;
  /** How this program was started. */
  readonly program: ProgramFlags;
  /** The modules that the process must be able to import. */
  readonly modules: readonly string[];
}

/** Where the packages are that paralog itself imports. */
const OUR_HOST = "jsr.io:443";

/** Where Deno imports from when nothing is said. */
const DEFAULT_HOSTS = [
  ...["deno.land:443", "jsr.io:443", "esm.sh:443", "raw.esm.sh:443", "cdn.jsdelivr.net:443"],
  ...["raw.githubusercontent.com:443", "gist.githubusercontent.com:443"],
];

/**
 * Makes the flags for the permissions of a process. Each thing asked for is looked up.
 *
 * @param wanted What it is to have.
 * @returns The flags for `deno run`.
 * @throws {Deno.errors.NotCapable} If this program has not got something that is asked for.
 */
export function permissionFlags(wanted: Wanted): string[] {
  const { permissions, program } = wanted;
  const all = permissions === "inherit" && PERMISSION_NAMES.every((name) => isWhole(name));
  if (all) return ["--allow-all"];
  return PERMISSION_NAMES.flatMap((name) => {
    if (name === "import") return importFlags(wanted);
    const grant = grantOf(permissions, name);
    if (grant === false) return [];
    if (grant === "inherit") return inherited(name, program);
    return grant === true ? whole(name, program) : listed(name, grant, program);
  });
}

/** All of it, if this program has all of it. */
function whole(name: PermissionName, program: ProgramFlags): string[] {
  const flags = inherited(name, program);
  if (flags[0] === `--allow-${name}`) return flags;
  throw new Deno.errors.NotCapable(
    `Cannot give tasks the permission ${name}: this program has not got all of it. Run it with ` +
      `--allow-${name}, or write { ${name}: "inherit" }`,
  );
}

/** Items of a list, if this program has each of them. */
function listed(name: PermissionName, items: readonly string[], program: ProgramFlags): string[] {
  if (items.length === 0) return [];
  const restrictions = restrictionsOf(name, program);
  for (const item of items) {
    if (isGranted(name, item, restrictions)) continue;
    throw new Deno.errors.NotCapable(
      `Cannot give tasks the permission ${name} for ${item}: this program has not got it. Run it ` +
        `with --allow-${name}=${escapeCommas(item)}`,
    );
  }
  return [allow(name, items), ...restrictions ?? []];
}

/**
 * What this program has: all of it; or what its flags say, and what else may be looked up, as far as it
 * still has that.
 */
function inherited(
  name: PermissionName,
  program: ProgramFlags,
  others: readonly string[] = [],
): string[] {
  if (isWhole(name)) return [`--allow-${name}`];
  const restrictions = restrictionsOf(name, program);
  if (stateOf(name).isGranted) {
    return restrictions?.length ? [`--allow-${name}`, ...restrictions] : [];
  }
  const items = [...program.allowed.get(name) ?? [], ...others]
    .filter((item) => isGranted(name, item, restrictions));
  return items.length > 0 ? [allow(name, items), ...restrictions ?? []] : [];
}

/**
 * A process loads its modules before it gets a call. For those that are files Deno asks no permission, but
 * it asks where others come from. A process that must not import anything else loads what is there already.
 */
function importFlags({ permissions, program, modules }: Wanted): string[] {
  const grant = grantOf(permissions, "import");
  if (grant === true) return whole("import", program);
  const own = [OUR_HOST, ...hostsOf(modules)].filter((host) => isGranted("import", host, []));
  const flags = typeof grant === "object"
    ? listed("import", [...grant, ...own], program)
    : inherited(
      "import",
      program,
      program.allowed.has("import") ? own : [...DEFAULT_HOSTS, ...own],
    );
  const all = flags.length > 0 ? flags : ["--deny-import"]; // Without a flag, Deno has its own list.
  return grant === false ? [...all, "--cached-only"] : all;
}

function hostsOf(modules: readonly string[]): string[] {
  const urls = modules.map((module) => new URL(module));
  const remote = urls.filter(({ protocol }) => protocol === "http:" || protocol === "https:");
  const ports: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };
  return remote.map(({ hostname, port, protocol }) => `${hostname}:${port || ports[protocol]}`);
}

/**
 * The flags that take something away again, as this program was given them.
 *
 * @returns The flags; `undefined` if they can't be told, or do not mean what they meant: paths of another
 * working directory.
 */
function restrictionsOf(name: PermissionName, program: ProgramFlags): string[] | undefined {
  if (!program.isComplete) return undefined;
  const flags: string[] = [];
  for (const [verb, lists] of [["deny", program.denied], ["ignore", program.ignored]] as const) {
    const items = lists.get(name);
    if (!items?.length) continue;
    if (!items.every((item) => stateOf(name, item).isDenied)) return undefined;
    flags.push(`--${verb}-${name}=${items.map(escapeCommas).join(",")}`);
  }
  return flags;
}

function isWhole(name: PermissionName): boolean {
  const { isGranted, isPartial } = stateOf(name);
  return isGranted && !isPartial;
}

function isGranted(
  name: PermissionName,
  item: string,
  restrictions: readonly string[] | undefined,
): boolean {
  const { isGranted, isPartial } = stateOf(name, item);
  return isGranted && (!isPartial || Boolean(restrictions?.length));
}

/** What Deno says of a permission. */
interface State {
  readonly isGranted: boolean;
  readonly isDenied: boolean;
  /** Some of it is denied. */
  readonly isPartial: boolean;
}

const UNKNOWN: State = { isGranted: false, isDenied: false, isPartial: false };

function stateOf(name: PermissionName, item?: string): State {
  try {
    const { state, partial } = Deno.permissions.querySync(describe(name, item));
    return { isGranted: state === "granted", isDenied: state === "denied", isPartial: partial };
  } catch (error) {
    if (item === undefined) throw error;
    return UNKNOWN; // Flags may have patterns, such as "*.example.com", which can't be looked up.
  }
}

function describe(name: PermissionName, item: string | undefined): Deno.PermissionDescriptor {
  switch (name) {
    case "read":
    case "write":
    case "ffi":
      return { name, path: item };
    case "net":
    case "import":
      return { name, host: item };
    case "env":
      return { name, variable: item };
    case "sys":
      return { name, kind: item as Deno.SysPermissionDescriptor["kind"] }; // Deno checks it.
    case "run":
      return { name, command: item };
    default:
      return name satisfies never;
  }
}

function allow(name: PermissionName, items: readonly string[]): string {
  return `--allow-${name}=${[...new Set(items)].map(escapeCommas).join(",")}`;
}

/** Deno takes two of them for one that is part of a path. */
function escapeCommas(item: string): string {
  return item.replaceAll(",", ",,");
}
