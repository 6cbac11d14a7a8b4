/**
 * What tasks may do on an agent: never more than its command line says.
 *
 * @module
 */

import { resolve, sep } from "node:path";
import { inspect } from "../../logging/text/inspect.ts";
import {
  checkPermissions,
  type Grant,
  grantOf,
  PERMISSION_NAMES,
  type PermissionName,
  type ProcessPermissions,
} from "../../parallel/options/permissions.ts";

/**
 * Gives a caller the permissions that it asks for.
 *
 * @param agent What tasks may do at most; `undefined` is what the agent itself may do.
 * @param asked What the caller wants of them; `undefined` is what they may have. Paths are those of this machine.
 * @returns What they may do.
 * @throws {Deno.errors.NotCapable} If the caller asks for more.
 * @throws {TypeError} If what it asks for is no {@linkcode ProcessPermissions}.
 */
export function combinePermissions(
  agent: ProcessPermissions | undefined,
  asked: ProcessPermissions | undefined,
): ProcessPermissions {
  const most = agent ?? "inherit";
  const wanted = checkPermissions(asked ?? "inherit"); // It comes from outside.
  if (wanted === "inherit") return most;
  if (wanted === "none") return wanted;
  const combined: Record<string, Grant> = {};
  for (const name of PERMISSION_NAMES) {
    const grant = combineGrants(name, grantOf(most, name), grantOf(wanted, name));
    if (grant !== false) combined[name] = grant;
  }
  return checkPermissions(combined);
}

function combineGrants(name: PermissionName, most: Grant, wanted: Grant): Grant {
  if (wanted === false) return false;
  if (wanted === "inherit") return most;
  // Whether the agent itself has it is looked up when a process is started.
  if (most === true || most === "inherit") return wanted;
  if (wanted === true) throw notCapable(name, "all of it", most);
  const items = wanted.map((item) => WITH_PATHS.has(name) ? resolve(item) : item);
  const allowed = most === false ? [] : most;
  const missing = items.find((item) => !allowed.some((other) => covers(name, other, item)));
  if (missing !== undefined) throw notCapable(name, inspect(missing), most);
  return items;
}

/** Of these, lists hold paths with all that is below. */
const WITH_PATHS: ReadonlySet<PermissionName> = new Set(["read", "write", "ffi"]);

/** Whether what is allowed for one item is allowed for another one. In doubt, it is not. */
function covers(name: PermissionName, allowed: string, item: string): boolean {
  switch (name) {
    case "read":
    case "write":
    case "ffi": {
      const folder = resolve(allowed);
      return item === folder || item.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    }
    case "net":
    case "import":
      return coversHost(allowed.toLowerCase(), item.toLowerCase());
    case "env":
      return coversVariable(allowed, item);
    case "sys":
    case "run":
      return allowed === item;
    default:
      return name satisfies never;
  }
}

/** A host stands for all its ports. */
function coversHost(allowed: string, item: string): boolean {
  if (allowed === item) return true;
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:[\]]+):(\d+)$/.exec(item) ?? [];
  return port !== "" && allowed === host;
}

/** Deno takes a "*" at the end for all rests. */
function coversVariable(allowed: string, item: string): boolean {
  if (allowed === item) return true;
  return allowed.endsWith("*") && item.startsWith(allowed.slice(0, -1));
}

function notCapable(name: PermissionName, what: string, most: Grant): Error {
  const has = typeof most === "object" && most.length > 0
    ? `they have it for ${most.map((item) => inspect(item)).join(", ")}`
    : "they have not got it";
  return new Deno.errors.NotCapable(
    `Cannot give tasks the permission ${name} for ${what} on this agent: ${has}. Ask for less, or start ` +
      `the agent with another --task-allow-${name}`,
  );
}
