/**
 * What tasks in processes may do: the option `permissions`.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { inspect } from "../../logging/text/inspect.ts";

/** All that Deno asks for. */
export const PERMISSION_NAMES = [
  ...["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const,
] as const;

/** The name of a permission. */
export type PermissionName = typeof PERMISSION_NAMES[number];

/**
 * What tasks in processes may do. It is never more than the program itself may do.
 *
 * - `"inherit"`: what the program may do.
 * - `"none"`: nothing. Their own modules are there, with all that these import statically; no file can be
 *   read, the modules included.
 * - An object: for each permission `true`, `"inherit"`, or a list of what it is for: paths, hosts, names of
 *   variables, as with Deno's flags. What is left out is not given.
 *
 * @example
 * ```ts
 * import type { ProcessPermissions } from "@paralog/paralog/parallel";
 *
 * export const permissions: ProcessPermissions = { read: ["data"], net: ["example.com:443"], env: "inherit" };
 * ```
 */
export type ProcessPermissions = "inherit" | "none" | Deno.PermissionOptionsObject;

/** What is wanted of one permission: as the program has it, all, nothing, or a list. */
export type Grant = "inherit" | boolean | readonly string[];

/** Of these, lists hold paths, or URLs of files. */
const WITH_PATHS: readonly PermissionName[] = ["read", "write", "run", "ffi"];

const WHAT = "run tasks with these permissions";

/**
 * Checks the option `permissions`.
 *
 * @param option What was given.
 * @returns A copy of it, which nobody changes; URLs are paths.
 * @throws {TypeError} If it is something else than {@linkcode ProcessPermissions}.
 */
export function checkPermissions(option: unknown): ProcessPermissions {
  if (option === "inherit" || option === "none") return option;
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw new TypeError(
      `Cannot run tasks with ${
        inspect(option)
      } as permissions: give "inherit", "none", or an object ` +
        `with ${PERMISSION_NAMES.join(", ")}`,
    );
  }
  checkOptionNames(WHAT, option, PERMISSION_NAMES);
  const checked: Record<string, unknown> = {};
  for (const name of PERMISSION_NAMES) {
    const value: unknown = Reflect.get(option, name);
    if (value !== undefined) checked[name] = checkGrant(name, value);
  }
  return Object.freeze(checked); // Each value is what its name allows.
}

/**
 * What is wanted of one permission.
 *
 * @param permissions The option, as {@linkcode checkPermissions} returned it.
 * @param name Which permission.
 * @returns What is wanted.
 */
export function grantOf(permissions: ProcessPermissions, name: PermissionName): Grant {
  if (permissions === "inherit") return permissions;
  if (permissions === "none") return false;
  const grant = permissions[name] ?? false;
  return typeof grant === "object" ? grant.map(String) : grant;
}

function checkGrant(name: PermissionName, value: unknown): Grant {
  if (value === "inherit" || typeof value === "boolean") return value;
  const hasPaths = WITH_PATHS.includes(name);
  if (Array.isArray(value)) {
    return Object.freeze(value.map((item, index) => checkItem(item, { name, index, hasPaths })));
  }
  throw new TypeError(
    `Cannot ${WHAT}: ${name} is ${
      inspect(value)
    }, allowed are true, false, "inherit", and a list of ` +
      (hasPaths ? "paths or URLs" : "strings"),
  );
}

function checkItem(
  item: unknown,
  { name, index, hasPaths }: { name: PermissionName; index: number; hasPaths: boolean },
): string {
  if (hasPaths && item instanceof URL && item.protocol === "file:") return pathOf(item);
  // Deno takes a comma for the end of an item; of paths it can be told that it is not.
  if (typeof item === "string" && item !== "" && (hasPaths || !item.includes(","))) return item;
  const allowed = hasPaths ? "a path, or the URL of a file" : "a string without commas";
  throw new TypeError(
    `Cannot ${WHAT}: ${name}[${index}] is ${inspect(item)}, allowed is ${allowed}`,
  );
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}
