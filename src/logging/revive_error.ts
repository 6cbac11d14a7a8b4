/**
 * Errors made again of their data, where a record or a call arrives.
 *
 * @module
 */

import { builtInError, type SerializedError, type SerializedThrown } from "./errors.ts";

/**
 * Makes an error of its data: of the same built-in class, or of a class with the same name that
 * extends it; with its message, name, own fields, causes and the stack of where it was thrown.
 *
 * @param data The error as data.
 * @returns An error to throw.
 */
export function reviveError(data: SerializedError): Error {
  const error = createError(data);
  // Defined and not assigned: a class may have getters of these names.
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  const hide = (key: string, value: unknown) => define(key, value, false);
  if (error.name !== data.name) hide("name", data.name);
  if (data.stack !== undefined) hide("stack", data.stack);
  if (data.cause !== undefined) hide("cause", reviveThrown(data.cause));
  for (const [key, value] of Object.entries(data.fields ?? {})) define(key, value, true);
  return error;
}

/**
 * The same for anything thrown. Never throws: a call must be settled whatever its error is like.
 *
 * @param thrown An error as data, or another value.
 * @returns What to throw.
 */
export function reviveThrown(thrown: SerializedThrown): unknown {
  if (thrown.kind === "value") return thrown.value;
  try {
    return reviveError(thrown.error);
  } catch (cause) {
    const { className, message } = thrown.error;
    return new Error(`${className}: ${message} (its class can't be made here)`, { cause });
  }
}

function createError(data: SerializedError): Error {
  if (data.className === "DOMException") return new DOMException(data.message, data.name);
  const Base = classNamed(data.className, builtInError(data.base) ?? Error);
  if (data.suppression) {
    const Suppressed = Base as unknown as SuppressedErrorConstructor; // It has what only that has.
    const { error, suppressed } = data.suppression;
    return new Suppressed(reviveThrown(error), reviveThrown(suppressed), data.message);
  }
  if (data.base !== "AggregateError") return new Base(data.message);
  const Aggregate = Base as unknown as AggregateErrorConstructor; // Its base says so.
  return new Aggregate((data.errors ?? []).map(reviveThrown), data.message);
}

/** The class itself if it has that name, otherwise one of that name which extends it. */
function classNamed(name: string, Base: ErrorConstructor): ErrorConstructor {
  if (Base.name === name) return Base;
  const holder = { [name]: class extends Base {} };
  return holder[name] as ErrorConstructor; // A subclass is called the same way, with `new`.
}
