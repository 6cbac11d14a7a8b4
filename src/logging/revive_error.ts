/**
 * Errors made again of their data, where a record or a call arrives.
 *
 * @module
 */

import { builtInError, type SerializedError, type SerializedThrown } from "./errors.ts";

/** A class of errors, whatever its constructor takes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Makes an error of its data: of a given class if it has one's name, otherwise of the same built-in
 * class, or of a class with the same name that extends it; with its message, name, own fields, causes
 * and the stack of where it was thrown.
 *
 * No constructor of a given class is called: it may need arguments, or do more than to make an error.
 * What it would have made of private `#fields` is therefore missing.
 *
 * @param data The error as data.
 * @param classes Classes that it, and the errors in it, may be of. They are told by their names.
 * @returns An error to throw.
 */
export function reviveError(data: SerializedError, classes: readonly ErrorClass[] = []): Error {
  const error = createError(data, classes);
  // Defined and not assigned: a class may have getters of these names.
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  const hide = (key: string, value: unknown) => define(key, value, false);
  if (!hasName(error, data.name)) hide("name", data.name);
  hide("stack", data.stack ?? `${data.name}: ${data.message}`); // Where it is made now says nothing.
  if (data.cause !== undefined) hide("cause", reviveThrown(data.cause, classes));
  for (const [key, value] of Object.entries(data.fields ?? {})) {
    const isEnumerable = !data.hiddenFields?.includes(key);
    define(
      key,
      data.errorFields?.includes(key) ? reviveField(value, classes) : value,
      isEnumerable,
    );
  }
  return error;
}

/**
 * The same for anything thrown. Never throws: a call must be settled whatever its error is like.
 *
 * @param thrown An error as data, or another value.
 * @param classes Classes that it, and the errors in it, may be of.
 * @returns What to throw.
 */
export function reviveThrown(
  thrown: SerializedThrown,
  classes: readonly ErrorClass[] = [],
): unknown {
  if (thrown.kind === "value") return thrown.value;
  try {
    return reviveError(thrown.error, classes);
  } catch (cause) {
    const { className, message } = thrown.error;
    return new Error(`${className}: ${message} (its class can't be made here)`, { cause });
  }
}

/** A field that held an error; its text if that could not be sent. */
function reviveField(value: unknown, classes: readonly ErrorClass[]): unknown {
  return typeof value === "object" ? reviveThrown(value as SerializedThrown, classes) : value;
}

/** A class may have a getter of that name, which needs what only its constructor makes. */
function hasName(error: Error, name: string): boolean {
  try {
    return error.name === name;
  } catch {
    return false;
  }
}

/** Made by the built-in class, which alone can make what the engine takes for an error. */
function createError(data: SerializedError, classes: readonly ErrorClass[]): Error {
  const Base: ErrorClass = builtInError(data.base) ?? Error;
  const Class = [data.className, ...data.parents ?? []].reduceRight<ErrorClass>(
    (Parent, name) => classes.find((each) => each.name === name) ?? classNamed(name, Parent),
    Base,
  );
  return Reflect.construct(Base, argumentsOf(data, classes), Class);
}

/** What the built-in class is to be given. */
function argumentsOf(data: SerializedError, classes: readonly ErrorClass[]): unknown[] {
  const { base, message, name, errors = [], suppression } = data;
  const revive = (thrown: SerializedThrown) => reviveThrown(thrown, classes);
  if (suppression) return [revive(suppression.error), revive(suppression.suppressed), message];
  switch (base) {
    case "AggregateError":
      return [errors.map(revive), message];
    case "DOMException":
      return [message, name];
    default:
      return [message];
  }
}

/** The class itself if it has that name, otherwise one of that name which extends it. */
function classNamed(name: string, Parent: ErrorClass): ErrorClass {
  if (Parent.name === name) return Parent;
  const holder = { [name]: class extends Parent {} };
  return holder[name] as ErrorClass; // It is there.
}
