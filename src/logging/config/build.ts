/**
 * Makes what a plan says: formatters, filters and handlers. Nothing is given to a logger yet.
 *
 * @module
 */

import type { FormatterLike } from "../formatter.ts";
import type { Handler } from "../handler.ts";
import { QueueHandler } from "../handlers/queue.ts";
import { RecordQueue } from "../queues/record_queue.ts";
import type { NodeTree } from "../realm/node_tree.ts";
import { closeNow } from "../realm/owned_handlers.ts";
import type { RecordOrigin } from "../record.ts";
import { toHandler } from "../std_log.ts";
import { at, ConfigError, reasonOf, show } from "./config_error.ts";
import type { HandlerPlan } from "./handler_plan.ts";
import { filtersOf, isFilter } from "./logger_plan.ts";
import type { Plan } from "./plan.ts";
import type { Recipe } from "./recipe.ts";
import type { Made } from "./scope.ts";

/**
 * Makes the objects of a plan.
 *
 * @param plan The plan.
 * @param origin Where handlers are closed if one of them can't be made.
 * @returns The objects; handlers in the order in which they were made.
 * @throws {ConfigError} If one can't be made: a file can't be opened, code of the caller throws. What
 * was made before is closed then.
 */
export function build(plan: Plan, origin: RecordOrigin): Made {
  const made: Made = { formatters: new Map(), filters: new Map(), handlers: new Map() };
  try {
    for (const [name, recipe] of plan.formatters) {
      made.formatters.set(name, make(recipe, () => checked(recipe.make(made), isFormatter)));
    }
    for (const [name, recipe] of plan.filters) {
      made.filters.set(name, make(recipe, () => checked(recipe.make(made), isFilter)));
    }
    for (const handlerPlan of plan.handlers) {
      const handler = make(handlerPlan.recipe, () => makeHandler(handlerPlan, made));
      made.handlers.set(handlerPlan.name, handler);
    }
    return made;
  } catch (error) {
    closeAll(made, origin);
    throw error;
  }
}

/**
 * Starts the listeners of queue handlers, which Python leaves to the program. One whose queue has a
 * listener is left for later: that of the configuration before may still be at work on it.
 *
 * @param made What was made of a plan.
 */
export function startListeners({ handlers }: Made): void {
  for (const [name, handler] of handlers) {
    if (!(handler instanceof QueueHandler) || handler.listener?.started !== false) continue;
    const { queue, listener } = handler;
    if (queue instanceof RecordQueue && queue.consumer !== undefined) continue;
    try {
      listener.start();
    } catch (error) {
      const path = at("handlers", name);
      const message = `${path} can't start its listener: ${reasonOf(error)}`;
      throw new ConfigError([{ path, message }], { cause: error });
    }
  }
}

/**
 * Does all of a plan that can fail and changes nothing yet: starts listeners, and makes the loggers
 * that it names.
 *
 * @param realm Where the plan is to be applied.
 * @param plan The plan.
 * @param made What was made of it; it is closed if anything fails.
 * @throws {ConfigError} If a listener can't be started.
 */
export function prepare(realm: NodeTree, plan: Plan, made: Made): void {
  try {
    startListeners(made);
    for (const { name } of plan.loggers) realm.node(name);
  } catch (error) {
    closeAll(made, realm.origin);
    throw error;
  }
}

function closeAll({ handlers }: Made, origin: RecordOrigin): void {
  for (const handler of [...handlers.values()].reverse()) closeNow(handler, origin);
}

/** Runs what makes an object, and says where in the configuration it stands if that throws. */
function make<T>({ path, blames }: Recipe, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const what = blames === path ? "made" : "used";
    const message = `${blames} can't be ${what}: ${reasonOf(error)}`;
    throw new ConfigError([{ path: blames, message }], { cause: error });
  }
}

function makeHandler(
  { name, recipe, level, formatter, filters }: HandlerPlan,
  made: Made,
): Handler {
  const parts = {
    name,
    level,
    formatter: formatter === undefined ? undefined : made.formatters.get(formatter),
    filters: filtersOf(filters, made),
  };
  const handler = toHandler(recipe.make(made, parts) as Handler); // It refuses what is none.
  // A class of the caller may have left out what it was given; setting it again does no harm.
  handler.name = name;
  if (parts.formatter !== undefined) handler.setFormatter(parts.formatter);
  if (level !== undefined) handler.setLevel(level);
  for (const filter of parts.filters) handler.addFilter(filter);
  return handler;
}

function checked<T>(value: unknown, check: (value: unknown) => value is T): T {
  if (check(value)) return value;
  const hint = value instanceof Promise ? "; make it before, and give it in classes" : "";
  throw new TypeError(`${show(value)} can't be used as one${hint}`);
}

function isFormatter(value: unknown): value is FormatterLike {
  return typeof value === "string" || typeof value === "function" ||
    (typeof value === "object" && value !== null && "format" in value &&
      typeof value.format === "function");
}
