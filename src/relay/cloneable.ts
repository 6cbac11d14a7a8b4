/**
 * Values that `structuredClone` and `postMessage` take.
 *
 * @module
 */

import type { SerializedError, SerializedThrown } from "../logging/errors.ts";
import { inspect } from "../logging/text/inspect.ts";
import type { Fields } from "../logging/message.ts";

/** Whether a way to somewhere else takes a value. */
export type TakesValue = (value: unknown) => boolean;

/**
 * A value that can be cloned: itself, or its text where `structuredClone` refuses it.
 *
 * @param value Any value.
 * @param takes What refuses values, if it is not `structuredClone`.
 * @returns A value that can be cloned.
 */
export function toCloneable(value: unknown, takes: TakesValue = isCloneable): unknown {
  return takes(value) ? value : inspect(value);
}

/**
 * The same for each of some fields, so that one bad field does not take the others with it.
 *
 * @param fields The fields.
 * @param takes What refuses values, if it is not `structuredClone`.
 * @returns A copy that can be cloned.
 */
export function toCloneableFields(fields: Fields, takes: TakesValue = isCloneable): Fields {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    try {
      copy[key] = toCloneable(fields[key], takes);
    } catch (error) {
      copy[key] = `[can't be read: ${error instanceof Error ? error.message : "no reason"}]`;
    }
  }
  return copy;
}

/**
 * The same for an error, its causes and aggregated errors.
 *
 * @param error An error as data; its fields may hold anything.
 * @param takes What refuses values, if it is not `structuredClone`.
 * @returns A copy that can be cloned.
 */
export function toCloneableError(
  error: SerializedError,
  takes: TakesValue = isCloneable,
): SerializedError {
  const { fields, cause, errors, suppression, ...plain } = error;
  const toThrown = (thrown: SerializedThrown) => toCloneableThrown(thrown, takes);
  return {
    ...plain,
    ...(fields && { fields: toCloneableFields(fields, takes) }),
    ...(cause && { cause: toThrown(cause) }),
    ...(errors && { errors: errors.map(toThrown) }),
    ...(suppression && {
      suppression: {
        error: toThrown(suppression.error),
        suppressed: toThrown(suppression.suppressed),
      },
    }),
  };
}

/**
 * The same for anything thrown.
 *
 * @param thrown An error as data, or another value.
 * @param takes What refuses values, if it is not `structuredClone`.
 * @returns A copy that can be cloned.
 */
export function toCloneableThrown(
  thrown: SerializedThrown,
  takes: TakesValue = isCloneable,
): SerializedThrown {
  return thrown.kind === "error"
    ? { kind: "error", error: toCloneableError(thrown.error, takes) }
    : { kind: "value", value: toCloneable(thrown.value, takes) };
}

function isCloneable(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null) return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds what `structuredClone` refuses in a value.
 *
 * @param value The value that was refused.
 * @param path The name of the value, such as "args[0]".
 * @param takes What refuses values, if it is not `structuredClone`.
 * @returns Where it is and what it is: "args[0].done is a function".
 */
export function describeUncloneable(
  value: unknown,
  path: string,
  takes: TakesValue = isCloneable,
): string {
  return find(value, path, { takes, seen: new Set() }) ?? `${path} is ${kindOf(value)}`;
}

/** What a search has to know. */
interface Search {
  readonly takes: TakesValue;
  readonly seen: Set<unknown>;
}

function find(value: unknown, path: string, search: Search): string | undefined {
  if (search.takes(value) || search.seen.has(value)) return undefined;
  search.seen.add(value);
  if (typeof value === "object" && value !== null) {
    for (const [step, inner] of entriesOf(value)) {
      const found = find(inner, path + step, search);
      if (found) return found;
    }
  }
  return `${path} is ${kindOf(value)}`;
}

/** What an object holds, with the text that leads to it. */
function entriesOf(value: object): [step: string, inner: unknown][] {
  if (value instanceof Map) {
    return [...value].map(([key, inner]) => [`.get(${inspect(key)})`, inner]);
  }
  if (value instanceof Set) return [...value].map((inner, index) => [`.values()[${index}]`, inner]);
  if (Array.isArray(value)) return value.map((inner, index) => [`[${index}]`, inner]);
  const step = (key: string) =>
    /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return Object.keys(value).map((key) => [step(key), Reflect.get(value, key)]);
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  const name = (value as object | null)?.constructor?.name;
  return name ? `a ${name}` : typeof value;
}
