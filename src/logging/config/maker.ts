/**
 * What the key "class" or "()" of a definition names.
 *
 * @module
 */

import { Handler } from "../handler.ts";
import type { ClassSpec, Constructor, Kind } from "./class_spec.ts";
import { at } from "./config_error.ts";
import { BROKEN } from "./convert.ts";
import { type Factory, isClass } from "./registry.ts";
import type { Scope } from "./scope.ts";

/** What makes an object: a class, or a function of the caller. */
export interface Maker {
  /** The class, if it is one. */
  readonly Class?: Constructor;
  /** How it is made, if it is one of ours or extends one. */
  readonly spec?: ClassSpec;
  /** The function, if it is one. */
  readonly factory?: Factory;
}

/** By shape, as handlers of `@std/log` are told: they take a level first, which no key says. */
function isOfStdLog({ prototype }: Constructor): boolean {
  return !(prototype instanceof Handler) &&
    ["handle", "setup", "destroy"].every((name) => name in (prototype as object));
}

/** Where a definition stands, and what it may leave out. */
interface Where {
  /** Where the definition stands. */
  readonly path: string;
  /** Where the name stands, if not at a key of the definition. */
  readonly namePath?: string;
  /** The class if none is named. */
  readonly fallback?: Constructor;
}

/**
 * Finds what makes an object.
 *
 * @param scope What is looked up, and where problems go.
 * @param kind What the object has to be.
 * @param definition What is written of it.
 * @param where Where that stands, and what it may leave out.
 * @returns What makes it; `undefined` if that is not known, which was reported.
 */
export function readMaker(
  { registry, problems }: Scope,
  kind: Kind,
  definition: Readonly<Record<string, unknown>>,
  { path, namePath, fallback }: Where,
): Maker | undefined {
  const { "()": factory, class: named } = definition;
  if (factory !== undefined && named !== undefined) {
    problems.add(path, 'has both "class" and "()": give one of them');
    return undefined;
  }
  const key = factory !== undefined ? "()" : "class";
  const where = namePath ?? at(path, key);
  const given = factory ?? named ?? fallback;
  if (given === BROKEN) return undefined;
  if (given === undefined) {
    problems.add(where, `is missing: name the class of the ${kind}`);
    return undefined;
  }
  const found = typeof given === "string" ? registry.find(given) : given;
  if (found === BROKEN) return undefined;
  if (found === undefined) {
    const name = String(given);
    const why = registry.whyMissing(name);
    if (why) problems.addValue(where, name, why);
    else {
      const allowed = registry.describeClasses(kind, name);
      problems.addUnknown(where, name, registry.classNames(kind), kind, allowed);
    }
  } else if (isClass(found)) {
    const spec = registry.specOf(found);
    if (!spec && isOfStdLog(found)) {
      const how = 'give a function in classes that makes one, and name that with "()"';
      problems.addValue(where, given, `that is a handler class of @std/log: ${how}`);
    } else if (!spec || spec.kind === kind) return { Class: found, spec };
    else problems.addValue(where, given, `that is a ${spec.kind}, give a ${kind}`);
  } else if (typeof found !== "function") {
    problems.addValue(where, given, "use a class, a function, or the name of one");
  } else if (key === "class") {
    problems.addValue(where, given, 'that is a function, name it with "()"');
  } else return { factory: found as Factory };
  return undefined;
}
