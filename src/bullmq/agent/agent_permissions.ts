/**
 * The permissions of tasks on an agent's command line.
 *
 * @module
 */

import {
  checkPermissions,
  PERMISSION_NAMES,
  type PermissionName,
  type ProcessPermissions,
} from "../../parallel/options/permissions.ts";
import type { Arguments } from "./agent_arguments.ts";

/** Takes all permissions from tasks. */
export const ALLOW_NONE = "task-allow-none";

/** The argument for each permission. */
export const ALLOW_NAMES: readonly string[] = PERMISSION_NAMES.map(argumentOf);

function argumentOf(name: PermissionName): string {
  return `task-allow-${name}`;
}

/**
 * Reads what tasks may do.
 *
 * @param args The command line.
 * @returns What they may do; `undefined` if nothing is said.
 * @throws {RangeError} If the arguments contradict each other, or one of them has a list that is none.
 */
export function readPermissions(args: Arguments): ProcessPermissions | undefined {
  const given = PERMISSION_NAMES.filter((name) => args.has(argumentOf(name)));
  if (args.has(ALLOW_NONE)) {
    const [other] = given;
    if (other === undefined) return "none";
    throw new RangeError(`--${ALLOW_NONE} contradicts --${argumentOf(other)}: give one of them`);
  }
  if (given.length === 0) return undefined;
  const entries = given.map((name) => [name, grantOf(args.get(argumentOf(name))?.[0] ?? "")]);
  try {
    return checkPermissions(Object.fromEntries(entries));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RangeError(`--task-allow-…: ${error.message}`, { cause: error });
  }
}

/** As Deno's own flags: a comma that is doubled is part of an item. */
function grantOf(list: string): true | string[] {
  if (list === "") return true;
  return list.split(/(?<!,),(?!,)/).map((item) => item.replaceAll(",,", ","));
}
