/**
 * What a configuration says of a logger, checked.
 *
 * @module
 */

import { ROOT } from "../realm/caller_realm.ts";
import type { Filter } from "../filter.ts";
import { at } from "./config_error.ts";
import { BROKEN, Reference } from "./convert.ts";
import { isDict, isList, level, type Parameter, truth } from "./parameter.ts";
import type { Made, Scope } from "./scope.ts";

/** A filter that is used: one of the configuration by its name, or one that is there already. */
export type FilterUse = string | Filter;

/** What a configuration says of a logger. */
export interface LoggerPlan {
  readonly path: string;
  readonly name: string;
  readonly level: number | undefined;
  readonly propagate: boolean | undefined;
  readonly handlers: readonly string[];
  readonly filters: readonly FilterUse[];
}

/** A logger has one above it for each part of its name, and a record passes all of them. */
const MOST_CHARACTERS = 1000;
const MOST_PARTS = 100;

const KEYS = ["level", "propagate", "filters", "handlers"];

/**
 * Checks the entry of a logger.
 *
 * @param scope What is looked up, and where problems go.
 * @param path Where it stands.
 * @param name The name of the logger.
 * @param entry What is written there.
 * @returns What it says, as far as it can be read.
 */
export function readLogger(
  scope: Scope,
  path: string,
  name: string,
  entry: Readonly<Record<string, unknown>>,
): LoggerPlan {
  if (name.length > MOST_CHARACTERS || name.split(".").length > MOST_PARTS) {
    scope.problems.add(
      path,
      `has too long a name: allowed are ${MOST_CHARACTERS} characters and ${MOST_PARTS} parts`,
    );
  }
  const keys = name === ROOT ? KEYS.filter((key) => key !== "propagate") : KEYS;
  for (const key of Object.keys(entry)) {
    // Python reads no `propagate` of the root, which has nobody to propagate to; neither do we.
    if (!KEYS.includes(key)) scope.problems.addUnknownKey(path, key, keys);
  }
  return {
    path,
    name,
    level: readOptional(scope, at(path, "level"), entry.level, level()),
    propagate: readOptional(scope, at(path, "propagate"), entry.propagate, truth()),
    handlers: readNames(scope, at(path, "handlers"), entry.handlers, "handler") as string[],
    filters: readFilterUses(scope, at(path, "filters"), entry.filters),
  };
}

/**
 * Checks one value that may be missing.
 *
 * @param scope Where a problem goes.
 * @param path Where it stands.
 * @param value What is written there.
 * @param parameter What is allowed.
 * @returns What it says; `undefined` if it is missing, null, or was refused.
 */
export function readOptional<T>(
  { problems }: Pick<Scope, "problems">,
  path: string,
  value: unknown,
  parameter: Parameter<T>,
): T | undefined {
  if (value === undefined || value === null || value === BROKEN) return undefined;
  const read = parameter.read(value);
  if (read === undefined) problems.addRefused(path, value, parameter);
  return read;
}

/**
 * Checks the filters of a logger or a handler.
 *
 * @param scope What is looked up, and where problems go.
 * @param path Where they stand.
 * @param value What is written there: names of filters, or filters.
 * @returns Those that can be used.
 */
export function readFilterUses(scope: Scope, path: string, value: unknown): FilterUse[] {
  return readNames(scope, path, value, "filter");
}

/**
 * The filters that are meant.
 *
 * @param uses What a configuration says.
 * @param made The filters that it defines.
 */
export function filtersOf(uses: readonly FilterUse[], { filters }: Made): Filter[] {
  return uses.map((use) => typeof use === "string" ? filters.get(use) : use)
    .filter((filter) => filter !== undefined); // All names were checked.
}

/**
 * Whether a value is a filter: a function, or an object with a method `filter`.
 *
 * @param value Any value.
 */
export function isFilter(value: unknown): value is Filter {
  return typeof value === "function" ||
    (typeof value === "object" && value !== null && "filter" in value &&
      typeof value.filter === "function" && !isList(value) && !isDict(value));
}

function readNames(
  { problems, names }: Scope,
  path: string,
  value: unknown,
  what: "handler" | "filter",
): FilterUse[] {
  if (value === undefined || value === null || value === BROKEN) return [];
  if (!isList(value)) {
    const hint = typeof value === "string" ? `, [${JSON.stringify(value)}] for one` : "";
    problems.addValue(path, value, `use a list of names of ${what}s${hint}`);
    return [];
  }
  const section = `${what}s` as const;
  const known = names[section];
  const uses: FilterUse[] = [];
  for (const [index, each] of value.entries()) {
    const name = each instanceof Reference && each.section === section ? each.name : each;
    if (what === "filter" && isFilter(name)) uses.push(name);
    else if (typeof name === "string" && known.has(name)) uses.push(name);
    else if (typeof name === "string") problems.addUnknown(at(path, index), name, known, what);
    else if (name !== BROKEN) problems.addValue(at(path, index), name, `use the name of a ${what}`);
  }
  return uses;
}
