/**
 * Recipes: how one object of a configuration is made, checked as far as that is possible without
 * making it.
 *
 * @module
 */

import { type Arguments, readArguments, readAttributes, readOpenArguments } from "./arguments.ts";
import type { Constructor, Kind } from "./class_spec.ts";
import { at, reasonOf } from "./config_error.ts";
import { BROKEN, Reference } from "./convert.ts";
import { type Maker, readMaker } from "./maker.ts";
import { isDict, isList } from "./parameter.ts";
import type { Made, Scope } from "./scope.ts";

/** How one object is made. */
export interface Recipe {
  /** Where it stands in the configuration. */
  readonly path: string;
  /** Whether making it is harmless, so that it may be tried: no code of the caller, no file. */
  readonly isPure: boolean;
  /** Where to look if it can't be made though each value is allowed. */
  readonly blames: string;
  /** The file that is emptied when it is made, if it is there. */
  readonly empties: string | URL | undefined;
  /** The handlers that have to be made before. */
  readonly needs: readonly string[];
  /** Makes it. `more` goes to classes and functions of the caller, beside what is written. */
  make(made: Made, more?: Readonly<Record<string, unknown>>): unknown;
}

/** Options of {@linkcode readRecipe}. */
interface RecipeOptions {
  /** The class if none is named. */
  readonly fallback?: Constructor;
  /** Keys that are read elsewhere. */
  readonly others?: readonly string[];
  /** Whether the name of the class alone stands at the path. */
  readonly isName?: boolean;
}

/**
 * Checks the definition of an object.
 *
 * @param scope What is looked up, and where problems go.
 * @param kind What it has to be.
 * @param path Where it stands.
 * @param definition What is written there.
 * @param options The class if none is named, and keys that are read elsewhere.
 * @returns How it is made; `undefined` if its class is not known, which was reported.
 */
export function readRecipe(
  scope: Scope,
  kind: Kind,
  path: string,
  definition: Readonly<Record<string, unknown>>,
  { fallback, others = [], isName = false }: RecipeOptions = {},
): Recipe | undefined {
  const maker = readMaker(scope, kind, definition, {
    path,
    fallback,
    namePath: isName ? path : undefined,
  });
  if (!maker) return undefined;
  const { spec, Class } = maker;
  const given = Object.entries(definition).filter(([key, value]) =>
    ![...others, "class", "()", "."].includes(key) && value !== BROKEN
  );
  const read = spec
    ? readArguments(scope, path, spec, given, Class === spec.Class ? others : undefined)
    : readOpenArguments(scope, path, given);
  const nested = readNested(scope, path, maker, read);
  const attributes = readAttributes(scope, path, definition["."]);
  return {
    path,
    isPure: spec !== undefined && spec.Class === Class && attributes.length === 0,
    blames: spec?.blames === undefined ? path : at(path, spec.blames),
    empties: spec?.empties?.(read.values),
    needs: read.needs,
    make(made, more = {}) {
      const object = makeObject(maker, read.values, nested, made, more);
      for (const [key, value] of attributes) setAttribute(object, key, dereference(value, made));
      return object;
    },
  };
}

/** Checks arguments that define an object of their own: the queue and the listener of a handler. */
function readNested(
  scope: Scope,
  path: string,
  { spec }: Maker,
  { values }: Arguments,
): ReadonlyMap<string, Recipe> {
  const nested = new Map<string, Recipe>();
  for (const [key, { defines, allowed }] of Object.entries(spec?.parameters ?? {})) {
    const value = values[key];
    if (!defines || value === undefined) continue;
    if (defines === "queue" && isQueue(value)) continue; // It came through ext://.
    const definition = isDict(value) ? value : { "()": value };
    if (definition["()"] === undefined) {
      scope.problems.addValue(at(path, key), value, allowed);
      continue;
    }
    const recipe = readRecipe(scope, defines, at(path, key), definition, {
      isName: !isDict(value),
    });
    if (recipe) nested.set(key, recipe);
  }
  return nested;
}

function isQueue(value: unknown): boolean {
  return typeof value === "object" && value !== null && "put" in value && !isDict(value);
}

function makeObject(
  { Class, spec, factory }: Maker,
  values: Readonly<Record<string, unknown>>,
  nested: ReadonlyMap<string, Recipe>,
  made: Made,
  more: Readonly<Record<string, unknown>>,
): unknown {
  if (factory) return factory({ ...dereference(values, made) as object, ...more });
  if (!spec) {
    // It is a class of the caller; one that is abstract says so itself.
    const Given = Class as new (options: object) => unknown;
    return new Given({ ...dereference(values, made) as object, ...more });
  }
  const ready = Object.entries(values).map(([key, value]) => {
    const { names, defines } = spec.parameters[key] ?? {};
    const recipe = nested.get(key);
    // A queue is made now; a listener when its handler has a queue for it.
    if (recipe && defines === "queue") return [key, recipe.make(made)] as const;
    if (recipe) return [key, (parts: object) => recipe.make(made, { ...parts })] as const;
    if (!names) return [key, dereference(value, made)] as const;
    const handlers = (value as string[]).map((name) => made.handlers.get(name));
    return [key, names === "handlers" ? handlers : handlers[0]] as const;
  });
  // A listener has no arguments but the queue and the handlers that its handler gives it.
  const given = spec.kind === "listener" ? Object.entries(more) : [];
  return spec.create(Class ?? spec.Class, Object.fromEntries([...ready, ...given]));
}

/** Puts the objects that were made in place of what refers to them. */
function dereference(value: unknown, made: Made): unknown {
  if (value instanceof Reference) {
    const object = made[value.section].get(value.name);
    if (object !== undefined) return object;
    throw new ReferenceError(`cfg://${value.section}.${value.name} is made later than this`);
  }
  if (isList(value)) return value.map((each) => dereference(each, made));
  if (!isDict(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, dereference(each, made)] as const),
  );
}

function setAttribute(object: unknown, key: string, value: unknown): void {
  try {
    if (Reflect.set(object as object, key, value)) return; // Throws if it is no object.
  } catch (error) {
    throw new TypeError(`its attribute "${key}" can't be set: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  throw new TypeError(`its attribute "${key}" can't be set: it is read-only`);
}
