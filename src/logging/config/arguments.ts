/**
 * The arguments and attributes of a definition, checked.
 *
 * @module
 */

import type { ClassSpec } from "./class_spec.ts";
import { at } from "./config_error.ts";
import { BROKEN, Reference } from "./convert.ts";
import { isDict, isList, type Parameter } from "./parameter.ts";
import type { Scope } from "./scope.ts";

/** Attributes that would change what an object is. */
const UNSAFE: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Arguments as they were written. */
export type Given = readonly (readonly [key: string, value: unknown])[];

/** Arguments as they were read. */
export interface Arguments {
  /** Those that name handlers are lists of names still. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The handlers that they name. */
  readonly needs: readonly string[];
}

/**
 * Checks the arguments for a class of ours, or for one that extends it.
 *
 * @param scope What is looked up, and where problems go.
 * @param path Where the definition stands.
 * @param spec What the class takes.
 * @param given The arguments.
 * @param others Keys that are allowed beside them; none for a class that extends ours, which may take
 * any others.
 * @returns Those that can be used.
 */
export function readArguments(
  scope: Scope,
  path: string,
  { parameters }: ClassSpec,
  given: Given,
  others: readonly string[] | undefined,
): Arguments {
  const values: [string, unknown][] = [];
  const needs: string[] = [];
  for (const [key, value] of given) {
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!parameter) {
      if (others) {
        scope.problems.addUnknownKey(path, key, [...Object.keys(parameters), ...others]);
      } else values.push([key, value]);
      continue;
    }
    if (value === null && !parameter.required) continue; // Python's None: as if it was not given.
    const read = readValue(scope, at(path, key), value, parameter);
    if (read === undefined) scope.problems.addRefused(at(path, key), value, parameter);
    else if (read !== null) values.push([key, read]);
    if (parameter.names && isList(read)) needs.push(...read as string[]);
  }
  for (const [key, { required, allowed }] of Object.entries(parameters)) {
    if (required && !given.some(([name]) => name === key)) {
      scope.problems.add(at(path, key), `is missing: ${allowed}`);
    }
  }
  return { values: Object.fromEntries(values), needs };
}

function readValue(
  scope: Scope,
  path: string,
  value: unknown,
  parameter: Parameter<unknown>,
): unknown {
  if (parameter.defines) return value; // It is checked as a definition of its own.
  return parameter.names ? readHandlerNames(scope, path, value, parameter) : parameter.read(value);
}

function readHandlerNames(
  scope: Scope,
  path: string,
  value: unknown,
  { names }: Parameter<unknown>,
): string[] | undefined {
  const list = names === "handlers" ? value : [value];
  if (!isList(list) || !list.every((each) => typeof each === "string")) return undefined;
  list.forEach((name, index) => {
    if (scope.names.handlers.has(name)) return;
    const where = names === "handlers" ? at(path, index) : path;
    scope.problems.addUnknown(where, name, scope.names.handlers, "handler");
  });
  return [...list];
}

/**
 * Checks the arguments for a class or a function of the caller: anything, by names that are names.
 *
 * @param scope Where problems go.
 * @param path Where the definition stands.
 * @param given The arguments.
 */
export function readOpenArguments({ problems }: Scope, path: string, given: Given): Arguments {
  for (const [key] of given) {
    if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) || UNSAFE.has(key)) {
      problems.add(at(path, key), "can't be the name of an argument: use letters, digits and _");
    }
  }
  const needs = given.flatMap(([, value]) => referencedHandlers(value));
  return { values: Object.fromEntries(given), needs };
}

/**
 * Checks the attributes that are set on an object once it is made.
 *
 * @param scope Where problems go.
 * @param path Where its definition stands.
 * @param given What is written at its key ".".
 * @returns The attributes and their values.
 */
export function readAttributes({ problems }: Scope, path: string, given: unknown): Given {
  if (given === undefined || given === null || given === BROKEN) return [];
  if (!isDict(given)) {
    problems.addValue(at(path, "."), given, "use a dictionary of attributes to set");
    return [];
  }
  for (const key of Object.keys(given).filter((key) => UNSAFE.has(key))) {
    problems.add(at(at(path, "."), key), "can't be set: it would change what the object is");
  }
  return Object.entries(given);
}

function referencedHandlers(value: unknown): string[] {
  if (value instanceof Reference) return value.section === "handlers" ? [value.name] : [];
  if (isList(value)) return value.flatMap(referencedHandlers);
  return isDict(value) ? Object.values(value).flatMap(referencedHandlers) : [];
}
