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
}

/** Anything that was thrown: an error, or another value as it is. */
export type SerializedThrown =
  | { readonly kind: "error"; readonly error: SerializedError }
  | { readonly kind: "value"; readonly value: unknown };

/** How deep causes and aggregates are followed; a longer chain is cut there. */
const MAX_DEPTH = 32;

const OWN_NAMES = new Set(["name", "message", "stack", "cause"]);

/**
 * Turns an error into plain data, with its causes and aggregated errors.
 *
 * @param error The error. It is not changed.
 * @returns Plain data; values of own fields are taken as they are.
 */
export function serializeError(error: Error): SerializedError {
  return serialize(error, { path: [error], taken: { count: 0 } });
}

/**
 * Turns anything thrown into plain data.
 *
 * @param thrown What was thrown; an error is serialized, another value is kept.
 * @returns The error as data, or the value.
 */
export function serializeThrown(thrown: unknown): SerializedThrown {
  return thrown instanceof Error
    ? { kind: "error", error: serializeError(thrown) }
    : { kind: "value", value: thrown };
}

/** How many errors are taken in all: causes that are shared would be written again and again. */
const MAX_ERRORS = 100;

/** What is known on the way through an error, its causes and aggregated errors. */
interface Walk {
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
  const errors = error instanceof AggregateError ? read(error, "errors") : undefined;
  const isSuppressed = error instanceof SuppressedError;
  const known = isSuppressed ? ["error", "suppressed"] : Array.isArray(errors) ? ["errors"] : [];
  const fields = ownFields(error, known);
  return {
    className: classNameOf(error),
    name: display(read(error, "name")),
    base: baseOf(error),
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
    ...(Object.keys(fields).length > 0 && { fields }),
  };
}

function ownFields(error: Error, known: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (OWN_NAMES.has(key) || known.includes(key)) continue;
    const value = read(error, key);
    if (typeof value !== "function") fields[key] = value;
  }
  return fields;
}

function classNameOf(error: Error): string {
  const constructor = read(error, "constructor");
  const name = typeof constructor === "function" ? read(constructor, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : display(read(error, "name"));
}

/** The value of a property; the text of the reason if its getter throws. */
function read(holder: object, key: string): unknown {
  try {
    return Reflect.get(holder, key);
  } catch (reason) {
    return `[${key} can't be read: ${display(reason)}]`;
  }
}

function nested(thrown: unknown, { path, taken }: Walk): SerializedThrown {
  if (!(thrown instanceof Error)) return { kind: "value", value: thrown };
  const name = classNameOf(thrown);
  if (path.includes(thrown)) return { kind: "value", value: `[Circular ${name}]` };
  if (path.length >= MAX_DEPTH || taken.count >= MAX_ERRORS) {
    return { kind: "value", value: `[${name}: cut here]` };
  }
  return { kind: "error", error: serialize(thrown, { path: [...path, thrown], taken }) };
}

/** The nearest class of the language or of Deno that an error extends. */
function baseOf(error: Error): string {
  let prototype = Object.getPrototypeOf(error);
  while (prototype) {
    const constructor = read(prototype, "constructor");
    const name = typeof constructor === "function" ? read(constructor, "name") : undefined;
    if (typeof name === "string" && builtInError(name) === constructor) return name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return "Error";
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
      ? (holder as unknown as Record<string, unknown>)[name] // Looked up by name: any global.
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
