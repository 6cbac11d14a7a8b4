/**
 * The plan of a configuration: all of it checked, nothing changed yet.
 *
 * Ported from CPython's `logging.config.DictConfigurator`, which checks while it changes.
 *
 * @module
 */

import { ROOT } from "../realm/caller_realm.ts";
import { Formatter } from "../formatter.ts";
import { NameFilter } from "../filters/name.ts";
import type { Constructor, Kind } from "./class_spec.ts";
import { at, listed, Problems, reasonOf, show } from "./config_error.ts";
import { BROKEN, convertValues } from "./convert.ts";
import { type HandlerPlan, readHandler, sortHandlers } from "./handler_plan.ts";
import { type LoggerPlan, readLogger, readOptional } from "./logger_plan.ts";
import { isDict, isList, level, truth } from "./parameter.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import type { Registry } from "./registry.ts";
import type { Made, Scope } from "./scope.ts";
import { closest } from "./suggest.ts";

/** A configuration that replaces the one before. */
export interface Plan {
  readonly incremental: false;
  readonly formatters: ReadonlyMap<string, Recipe>;
  readonly filters: ReadonlyMap<string, Recipe>;
  /** In the order in which they are made. */
  readonly handlers: readonly HandlerPlan[];
  /** The root's among them. */
  readonly loggers: readonly LoggerPlan[];
  readonly disableExisting: boolean;
}

/** A configuration that changes levels of what is there. */
export interface IncrementalPlan {
  readonly incremental: true;
  readonly handlers: readonly { readonly name: string; readonly level: number | undefined }[];
  readonly loggers: readonly LoggerPlan[];
}

const SECTIONS = ["formatters", "filters", "handlers", "loggers"] as const;

const KEYS: readonly string[] = [
  "version",
  ...SECTIONS,
  "root",
  "incremental",
  "disable_existing_loggers",
];

/** An entry of a section: its name and what is written there. */
type Entry = readonly [name: string, entry: Record<string, unknown>];

/**
 * Checks a configuration.
 *
 * @param given The configuration, as JSON or YAML have it.
 * @param registry Knows classes and values by name.
 * @param handlersThere The names of handlers that are there now, which an incremental one may change.
 * @returns What is to be done.
 * @throws {ConfigError} If anything is wrong with it; the error lists everything that is.
 */
export function readPlan(
  given: unknown,
  registry: Registry,
  handlersThere: readonly string[],
): Plan | IncrementalPlan {
  const problems = new Problems();
  if (!isDict(given)) {
    problems.add("", `the configuration is ${show(given)}: use a dictionary with a key "version"`);
    problems.throwIfAny();
  }
  const { config, referredTo } = convertValues(
    given as Record<string, unknown>,
    registry,
    problems,
  );
  checkTop(config, referredTo, problems);
  const entries = readSections(config, problems);
  const namesOf = (section: keyof typeof entries) =>
    new Set(entries[section].map(([name]) => name));
  const incremental = readFlag(config, "incremental", problems) ?? false;
  const scope: Scope = {
    registry,
    problems,
    names: {
      formatters: namesOf("formatters"),
      filters: namesOf("filters"),
      handlers: namesOf("handlers"),
    },
  };
  const plan = incremental
    ? readIncremental(scope, entries.handlers, handlersThere)
    : readDefinitions(scope, entries);
  const loggers = readLoggers(scope, entries.loggers, config.root, incremental);
  const disableExisting = readFlag(config, "disable_existing_loggers", problems) ?? true;
  problems.throwIfAny();
  return plan.incremental ? { ...plan, loggers } : { ...plan, loggers, disableExisting };
}

function checkTop(
  config: Record<string, unknown>,
  referredTo: ReadonlySet<string>,
  problems: Problems,
): void {
  if (config.version === undefined) problems.add("version", "is missing: use 1");
  else if (config.version !== 1) problems.addValue("version", config.version, "use 1");
  for (const key of Object.keys(config)) {
    // Data that `cfg://` or a YAML anchor refers to may stand beside the schema.
    if (KEYS.includes(key) || referredTo.has(key) || /^(?:x-|[._])/.test(key)) continue;
    // So may whatever else is data, as in Python, unless it looks like a misspelt key.
    if (isData(config[key]) && closest(key, KEYS) === undefined) continue;
    problems.addUnknownKey("", key, KEYS);
  }
}

/** What JSON and YAML can write; only code makes functions and objects of classes. */
function isData(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  return isDict(value) || isList(value) || value instanceof Date;
}

function readFlag(
  config: Record<string, unknown>,
  key: string,
  problems: Problems,
): boolean | undefined {
  return readOptional({ problems }, key, config[key], truth());
}

function readSections(
  config: Record<string, unknown>,
  problems: Problems,
): Record<typeof SECTIONS[number], Entry[]> {
  const read = (section: string): Entry[] => {
    const entries = config[section] ?? {};
    if (entries === BROKEN) return [];
    if (!isDict(entries)) {
      problems.addValue(section, entries, "use a dictionary of names");
      return [];
    }
    return Object.entries(entries).flatMap(([name, entry]): Entry[] => {
      if (isDict(entry)) return [[name, entry]];
      if (entry === null) return [[name, {}]]; // What YAML makes of `app:` with nothing below it.
      if (entry !== BROKEN) problems.addValue(at(section, name), entry, "use a dictionary");
      return [];
    });
  };
  return {
    formatters: read("formatters"),
    filters: read("filters"),
    handlers: read("handlers"),
    loggers: read("loggers"),
  };
}

function readDefinitions(
  scope: Scope,
  entries: Record<typeof SECTIONS[number], Entry[]>,
): Omit<Plan, "loggers" | "disableExisting"> {
  const formatters = readRecipes(scope, "formatters", entries.formatters, "formatter", Formatter);
  const filters = readRecipes(scope, "filters", entries.filters, "filter", NameFilter);
  const handlers = entries.handlers.map(([name, entry]) => readHandler(scope, name, entry))
    .filter((plan) => plan !== undefined);
  return {
    incremental: false,
    formatters,
    filters,
    handlers: sortHandlers(handlers, scope.problems),
  };
}

function readRecipes(
  scope: Scope,
  section: string,
  entries: readonly Entry[],
  kind: Kind,
  fallback: Constructor,
): Map<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  for (const [name, entry] of entries) {
    const before = scope.problems.count;
    const recipe = readRecipe(scope, kind, at(section, name), entry, { fallback });
    if (!recipe) continue;
    recipes.set(name, recipe);
    if (scope.problems.count === before) tryToMake(scope, recipe);
  }
  return recipes;
}

/** Formatters and filters of ours check their arguments as a whole: a pattern by its style. */
function tryToMake({ problems }: Scope, recipe: Recipe): void {
  if (!recipe.isPure) return;
  const nothing: Made = { formatters: new Map(), filters: new Map(), handlers: new Map() };
  try {
    recipe.make(nothing);
  } catch (error) {
    problems.add(recipe.blames, `can't be used: ${reasonOf(error)}`, error);
  }
}

function readLoggers(
  scope: Scope,
  entries: readonly Entry[],
  root: unknown,
  incremental: boolean,
): LoggerPlan[] {
  const { problems } = scope;
  // What an incremental configuration says of handlers and filters is not read, as in Python.
  const kept = (entry: Record<string, unknown>) =>
    incremental ? { level: entry.level, propagate: entry.propagate } : entry;
  const plans = entries.map(([name, entry]) =>
    readLogger(scope, at("loggers", name), name === "" ? ROOT : name, kept(entry))
  );
  if (isDict(root)) plans.push(readLogger(scope, ROOT, ROOT, kept(root)));
  else if (root !== undefined && root !== null && root !== BROKEN) {
    problems.addValue(ROOT, root, "use a dictionary");
  }
  const roots = plans.filter(({ name }) => name === ROOT);
  if (roots.length > 1) {
    const paths = roots.map(({ path }) => path).join(" and ");
    problems.add(roots[0]!.path, `is defined twice: ${paths} are the same logger`);
  }
  return plans;
}

function readIncremental(
  scope: Scope,
  entries: readonly Entry[],
  there: readonly string[],
): Omit<IncrementalPlan, "loggers"> {
  const handlers = entries.map(([name, entry]) => {
    const path = at("handlers", name);
    if (!there.includes(name)) {
      const list = there.length === 0 ? "no handler has a name" : `there are ${listed(there)}`;
      scope.problems.add(path, `can't be changed: there is no handler of that name, ${list}`);
    }
    return { name, level: readOptional(scope, at(path, "level"), entry.level, level()) };
  });
  return { incremental: true, handlers };
}
