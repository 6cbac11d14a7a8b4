/**
 * Errors as plain data. A record carries the error it was logged with across threads and machines,
 * where `structuredClone` would drop its class, its own fields and the errors of an
 * `AggregateError`.
 *
 * @module
 */

import { display } from "./text/inspect.ts";

/** An error as plain data: survives `structuredClone` and JSON. */
export interface SerializedError {
  /** The name of its class: `error.constructor.name`. */
  readonly className: string;
  /** `error.name`, which a class may leave at its parent's. */
  readonly name: string;
  /** The class of the language that it extends, nearest first: "RangeError", "Error". */
  readonly base: string;
  /** `error.message`. */
  readonly message: string;
  /** `error.stack`, where it was made. */
  readonly stack?: string;
  /** `error.cause`; present only if the error has one. */
  readonly cause?: SerializedThrown;
  /** `AggregateError.errors`. */
  readonly errors?: readonly SerializedThrown[];
  /** What a `SuppressedError` holds. */
  readonly suppression?: {
    readonly error: SerializedThrown;
    readonly suppressed: SerializedThrown;
  };
  /** Its own enumerable fields, such as `code`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The names of the classes between its class and `base`, nearest first. Only of what was thrown. */
  readonly parents?: readonly string[];
  /** Which of `fields` are not enumerable. Only of what was thrown. */
  readonly hiddenFields?: readonly string[];
  /** Which of `fields` hold errors: a `SerializedThrown` each. Only of what was thrown. */
  readonly errorFields?: readonly string[];
}

/** Anything that was thrown: an error, or another value as it is. */
export type SerializedThrown =
  | { readonly kind: "error"; readonly error: SerializedError }
  | { readonly kind: "value"; readonly value: unknown };

/** How much is taken of an error. */
interface Extent {
  /** How deep causes and aggregates are followed; a longer chain is cut there. */
  readonly depth: number;
  /** How many errors are taken in all: causes that are shared would be written again and again. */
  readonly errors: number;
  /** Whether it is to be made anew, and not to be read. */
  readonly isThrown: boolean;
}

const TO_READ: Extent = { depth: 32, errors: 100, isThrown: false };
const TO_THROW: Extent = { depth: 1000, errors: 2000, isThrown: true };

const OWN_NAMES = new Set(["name", "message", "stack", "cause"]);

/**
 * Turns an error into plain data, with its causes and aggregated errors.
 *
 * @param error The error. It is not changed.
 * @returns Plain data; values of own fields are taken as they are.
 */
export function serializeError(error: Error): SerializedError {
  return serialize(error, { extent: TO_READ, path: [error], taken: { count: 0 } });
}

/**
 * Turns anything thrown into plain data, to be thrown again elsewhere: of an error it takes more than
 * {@linkcode serializeError}.
 *
 * @param thrown What was thrown; an error is serialized, another value is kept.
 * @returns The error as data, or the value.
 */
export function serializeThrown(thrown: unknown): SerializedThrown {
  return nested(thrown, { extent: TO_THROW, path: [], taken: { count: 0 } });
}

/** What is known on the way through an error, its causes and aggregated errors. */
interface Walk {
  readonly extent: Extent;
  readonly path: readonly Error[];
  readonly taken: { count: number };
}

/** Never throws, whatever getters an error has: logging an error must not make another. */
function serialize(error: Error, walk: Walk): SerializedError {
  walk.taken.count++;
  try {
    return serializeParts(error, walk);
  } catch {
    const text = "[an error that can't be read]";
    return { className: "Error", name: "Error", base: "Error", message: text };
  }
}

function serializeParts(error: Error, walk: Walk): SerializedError {
  const stack = read(error, "stack");
  const { base, parents } = ancestryOf(error);
  const errors = base === "AggregateError" ? read(error, "errors") : undefined;
  const isSuppressed = base === "SuppressedError";
  const known = isSuppressed ? ["error", "suppressed"] : Array.isArray(errors) ? ["errors"] : [];
  return {
    className: classNameOf(error),
    name: display(read(error, "name")),
    base,
    message: display(read(error, "message")),
    ...(typeof stack === "string" && { stack }),
    ...("cause" in error && { cause: nested(read(error, "cause"), walk) }),
    ...(Array.isArray(errors) && { errors: errors.map((inner) => nested(inner, walk)) }),
    ...(isSuppressed && {
      suppression: {
        error: nested(read(error, "error"), walk),
        suppressed: nested(read(error, "suppressed"), walk),
      },
    }),
    ...(walk.extent.isThrown
      ? { ...(parents.length > 0 && { parents }), ...allFields(error, known, walk) }
      : shownFields(error, known)),
  };
}

/** What a person may want to see of the fields of an error. */
function shownFields(error: Error, known: readonly string[]): Pick<SerializedError, "fields"> {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (OWN_NAMES.has(key) || known.includes(key)) continue;
    const value = read(error, key);
    if (typeof value !== "function") fields[key] = value;
  }
  return Object.keys(fields).length > 0 ? { fields } : {};
}

/** All fields of an error, so that it can be made anew. */
function allFields(
  error: Error,
  known: readonly string[],
  walk: Walk,
): Pick<SerializedError, "fields" | "hiddenFields" | "errorFields"> {
  const fields: Record<string, unknown> = {};
  const hiddenFields: string[] = [];
  const errorFields: string[] = [];
  for (const key of Object.getOwnPropertyNames(error)) {
    if (OWN_NAMES.has(key) || known.includes(key)) continue;
    const value = read(error, key);
    // Some of Node's errors have a `toString` of their own; a text in its place would break them.
    if (typeof value === "function" && key in Error.prototype) continue;
    if (!Object.prototype.propertyIsEnumerable.call(error, key)) hiddenFields.push(key);
    if (isError(value)) errorFields.push(key);
    fields[key] = isError(value) ? nested(value, walk) : value;
  }
  return {
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(hiddenFields.length > 0 && { hiddenFields }),
    ...(errorFields.length > 0 && { errorFields }),
  };
}

/** Whether a value is an error, also one of another realm, such as a context of `node:vm`. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Error.isError(value);
}

function classNameOf(error: Error): string {
  const name = constructorName(read(error, "constructor"));
  return name ? name : display(read(error, "name"));
}

function constructorName(constructor: unknown): string | undefined {
  const name = typeof constructor === "function" ? read(constructor, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

/** The value of a property; the text of the reason if its getter throws. */
function read(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch (reason) {
    return `[${key} can't be read: ${display(reason)}]`;
  }
}

function nested(thrown: unknown, walk: Walk): SerializedThrown {
  if (!isError(thrown)) return { kind: "value", value: thrown };
  const { extent, path, taken } = walk;
  const name = classNameOf(thrown);
  if (path.includes(thrown)) return { kind: "value", value: `[Circular ${name}]` };
  if (path.length >= extent.depth || taken.count >= extent.errors) {
    return { kind: "value", value: `[${name}: cut here] ${display(read(thrown, "message"))}` };
  }
  return { kind: "error", error: serialize(thrown, { ...walk, path: [...path, thrown] }) };
}

/** The nearest class of the language or of Deno that an error extends, and those before it. */
function ancestryOf(error: Error): { base: string; parents: string[] } {
  const isForeign = !(error instanceof Error); // Its classes are others, of the same names.
  const parents: string[] = [];
  const own = Object.getPrototypeOf(error);
  for (let prototype = own; prototype; prototype = Object.getPrototypeOf(prototype)) {
    const constructor = read(prototype, "constructor");
    const name = constructorName(constructor);
    if (!name) continue;
    const builtIn = builtInError(name);
    if (builtIn && (builtIn === constructor || isForeign)) return { base: name, parents };
    if (prototype !== own) parents.push(name);
  }
  return { base: "Error", parents: [] };
}

/**
 * The error class of that name which every thread has.
 *
 * @param name "RangeError", "NotFound" (of `Deno.errors`), "DOMException", …
 * @returns The class, or `undefined` where there is none of that name.
 */
export function builtInError(name: string): ErrorConstructor | undefined {
  for (const holder of [globalThis, Deno.errors]) {
    const found: unknown = Object.hasOwn(holder, name)
      ? (holder as unknown as Record<string, unknown>)[name] // Looked up by its name.
      : undefined;
    if (typeof found === "function" && isErrorClass(found)) return found;
  }
  return undefined;
}

function isErrorClass(value: object): value is ErrorConstructor {
  return value === Error || ("prototype" in value && value.prototype instanceof Error);
}

/**
 * Writes an error as a person reads it: its stack, then its causes and aggregated errors.
 *
 * @param error The error as data.
 * @returns Several lines, without a newline at the end.
 */
export function formatError(error: SerializedError): string {
  const lines = [error.stack ?? `${error.name}: ${error.message}`];
  for (const [index, inner] of (error.errors ?? []).entries()) {
    lines.push(`Aggregated error ${index + 1}: ${formatThrown(inner)}`);
  }
  if (error.suppression) {
    lines.push(`Error: ${formatThrown(error.suppression.error)}`);
    lines.push(`Suppressed: ${formatThrown(error.suppression.suppressed)}`);
  }
  if (error.cause !== undefined) lines.push(`Caused by: ${formatThrown(error.cause)}`);
  return lines.join("\n");
}

function formatThrown(thrown: SerializedThrown): string {
  return thrown.kind === "error" ? formatError(thrown.error) : display(thrown.value);
}
