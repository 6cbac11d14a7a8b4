/**
 * Puts a configuration into force, all at once.
 *
 * @module
 */

import { ROOT } from "../realm/caller_realm.ts";
import type { Filter } from "../filter.ts";
import { LEVELS } from "../levels.ts";
import type { LoggerNode } from "../realm/logger_node.ts";
import type { NodeTree } from "../realm/node_tree.ts";
import { filtersOf, type LoggerPlan } from "./logger_plan.ts";
import type { IncrementalPlan, Plan } from "./plan.ts";
import type { Made } from "./scope.ts";

/**
 * The filters that configurations have given to loggers. The next configuration takes them away
 * again; those that a program added itself stay.
 */
class ConfiguredFilters {
  static readonly #all = new WeakSet<object>();

  /** Replaces what the configuration before gave a logger. */
  static replace(node: LoggerNode, filters: readonly Filter[]): void {
    node.filters = node.filters.filter((filter) => !this.#all.has(filter));
    for (const filter of filters) {
      this.#all.add(filter);
      node.addFilter(filter);
    }
  }
}

/**
 * Gives the loggers of a realm what a plan says. Loggers that it does not name are disabled, or left
 * as they are; those below a logger that it names hand on to that.
 *
 * Ported from CPython's `logging.config.DictConfigurator.configure` and `_handle_existing_loggers`.
 *
 * @param realm The realm.
 * @param plan What is to be done.
 * @param made The objects of the plan.
 */
export function apply(realm: NodeTree, plan: Plan, made: Made): void {
  const existing = realm.nodes();
  const named = new Set(plan.loggers.map(({ name }) => name));
  for (const logger of plan.loggers) configureLogger(realm.node(logger.name), logger, made);
  for (const node of existing) {
    if (named.has(node.name)) continue;
    if (isBelowAny(node, named)) reset(node);
    else node.disabled = plan.disableExisting && !isOurs(node.name);
  }
  realm.registerHandlers([...made.handlers.values()]);
}

/**
 * Changes the levels of handlers and loggers that are there, and whether loggers propagate.
 *
 * @param realm The realm.
 * @param plan What is to be done; its handlers are there.
 */
export function applyIncremental(realm: NodeTree, plan: IncrementalPlan): void {
  for (const { name, level } of plan.handlers) {
    if (level !== undefined) realm.handlerByName(name)?.setLevel(level);
  }
  for (const logger of plan.loggers) setLevelAndPlace(realm.node(logger.name), logger);
}

function configureLogger(node: LoggerNode, plan: LoggerPlan, made: Made): void {
  setLevelAndPlace(node, plan);
  for (const handler of node.handlers) node.removeHandler(handler);
  for (const name of plan.handlers) {
    const handler = made.handlers.get(name);
    if (handler) node.addHandler(handler); // All names were checked.
  }
  ConfiguredFilters.replace(node, filtersOf(plan.filters, made));
}

function setLevelAndPlace(node: LoggerNode, { name, level, propagate }: LoggerPlan): void {
  if (level !== undefined) node.level = level;
  if (name === ROOT) return;
  node.disabled = false;
  if (propagate !== undefined) node.propagate = propagate;
}

/** A logger below a configured one starts anew, so that its records reach that one. */
function reset(node: LoggerNode): void {
  node.level = LEVELS.NOTSET;
  for (const handler of node.handlers) node.removeHandler(handler);
  ConfiguredFilters.replace(node, []);
  node.propagate = true;
}

/** The loggers that paralog itself reports with can't be turned off by leaving them out. */
function isOurs(name: string): boolean {
  return name === "paralog" || name.startsWith("paralog.");
}

function isBelowAny(node: LoggerNode, names: ReadonlySet<string>): boolean {
  for (let parent = node.parent; parent?.parent; parent = parent.parent) {
    if (names.has(parent.name)) return true;
  }
  return false;
}
