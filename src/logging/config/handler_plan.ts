/**
 * What a configuration says of a handler, checked, and the order in which handlers are made.
 *
 * @module
 */

import { at, cut, type Problems, reasonOf } from "./config_error.ts";
import { BROKEN, MOST_LEVELS, Reference } from "./convert.ts";
import { type FilterUse, readFilterUses, readOptional } from "./logger_plan.ts";
import { level, text } from "./parameter.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import type { Scope } from "./scope.ts";

/** What a configuration says of a handler. */
export interface HandlerPlan {
  readonly name: string;
  readonly recipe: Recipe;
  readonly level: number | undefined;
  /** The name of its formatter. */
  readonly formatter: string | undefined;
  readonly filters: readonly FilterUse[];
}

/** The keys that all handlers have; the others go to their classes. */
const KEYS = ["level", "formatter", "filters"];

/**
 * Checks the definition of a handler.
 *
 * @param scope What is looked up, and where problems go.
 * @param name Its name.
 * @param definition What is written there.
 * @returns What it says; `undefined` if it can't be made, which was reported.
 */
export function readHandler(
  scope: Scope,
  name: string,
  definition: Readonly<Record<string, unknown>>,
): HandlerPlan | undefined {
  const path = at("handlers", name);
  const plan = {
    name,
    level: readOptional(scope, at(path, "level"), definition.level, level()),
    formatter: readFormatterName(scope, at(path, "formatter"), definition.formatter),
    filters: readFilterUses(scope, at(path, "filters"), definition.filters),
  };
  const recipe = readRecipe(scope, "handler", path, definition, { others: KEYS });
  return recipe && { ...plan, recipe };
}

function readFormatterName(scope: Scope, path: string, given: unknown): string | undefined {
  if (given === "" || given === BROKEN) return undefined; // Python takes "" for none.
  const value = given instanceof Reference && given.section === "formatters" ? given.name : given;
  const name = readOptional(scope, path, value, text("use the name of a formatter"));
  if (name === undefined) return undefined;
  if (scope.names.formatters.has(name)) return name;
  scope.problems.addUnknown(path, name, scope.names.formatters, "formatter");
  return undefined;
}

/**
 * Sorts handlers so that each comes after those that it needs, otherwise by name, as Python does.
 * Those that empty a file come as late as that allows, so that whatever can fail fails before it.
 *
 * @param plans The handlers.
 * @param problems Is told of handlers that need each other in a circle, and of files that can't be
 * opened.
 */
export function sortHandlers(plans: readonly HandlerPlan[], problems: Problems): HandlerPlan[] {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const sorted = new Set<HandlerPlan>();
  const place = (plan: HandlerPlan, waiting: readonly string[]) => {
    if (sorted.has(plan)) return;
    const { name, recipe } = plan;
    if (waiting.includes(name)) {
      const circle = cut([...waiting.slice(waiting.indexOf(name)), name].join(" → "), 200);
      problems.add(recipe.path, `hands its records to itself in a circle: ${circle}`);
      return;
    }
    if (waiting.length > MOST_LEVELS) {
      problems.add(
        recipe.path,
        `is too far down: records go through up to ${MOST_LEVELS} handlers`,
      );
      return;
    }
    for (const needed of recipe.needs) {
      const other = byName.get(needed);
      if (other) place(other, [...waiting, name]);
    }
    sorted.add(plan);
  };
  const late = new Set(plans.filter(({ recipe }) => willEmptyFile(recipe, problems)));
  const byNames = plans.toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  for (const plan of byNames) if (!late.has(plan)) place(plan, []);
  for (const plan of byNames) place(plan, []);
  return [...sorted];
}

/** Whether making a handler empties a file that is there; it is opened now, to see that it can be. */
function willEmptyFile({ empties, path }: Recipe, problems: Problems): boolean {
  if (empties === undefined) return false;
  try {
    Deno.openSync(empties, { write: true }).close();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      problems.add(at(path, "filename"), `can't be opened: ${reasonOf(error)}`, error);
    }
    return false;
  }
}
