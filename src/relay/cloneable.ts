/**
 * Values that `structuredClone` and `postMessage` take, and that arrive as what they are.
 *
 * @module
 */

import type { SerializedError, SerializedThrown } from "../logging/errors.ts";
import type { Fields } from "../logging/message.ts";
import { inspect } from "../logging/text/inspect.ts";
import { type Refusal, refuse, stepOf } from "./clone_refusal.ts";
import { findRefusal } from "./clone_walk.ts";

/** Whether a way to somewhere else takes a value. */
export type TakesValue = (value: unknown) => boolean;

/**
 * A value that can be cloned: itself, or its text where it is refused.
 *
 * @param value Any value.
 * @param takes What refuses values, if it is not {@linkcode isCloneable}.
 * @returns A value that can be cloned.
 */
export function toCloneable(value: unknown, takes: TakesValue = isCloneable): unknown {
  return takes(value) ? value : inspect(value);
}

/**
 * The same for each of some fields, so that one bad field does not take the others with it.
 *
 * @param fields The fields.
 * @param takes What refuses values, if it is not {@linkcode isCloneable}.
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
 * @param takes What refuses values, if it is not {@linkcode isCloneable}.
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
 * @param takes What refuses values, if it is not {@linkcode isCloneable}.
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

/**
 * Whether a value can be sent to another thread, and arrives.
 *
 * @param value Any value.
 */
export function isCloneable(value: unknown): boolean {
  try {
    if (findRefusal(value)) return false;
    if (typeof value === "object") structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds what is refused in a value by trying its parts. It takes long, but finds what throws when it is read.
 *
 * @param value A value that was refused.
 * @returns Where it is and what it is.
 */
export function findByTrial(value: unknown): Refusal {
  return tryPart(value, { path: "", seen: new Set() }) ?? refuse("uncloneable", value);
}

/** Where a trial is. */
interface Trial {
  readonly path: string;
  readonly seen: Set<unknown>;
}

function tryPart(value: unknown, { path, seen }: Trial): Refusal | undefined {
  if (isCloneable(value) || seen.has(value)) return undefined;
  seen.add(value);
  if (typeof value === "object" && value !== null) {
    for (const [step, read] of partsOf(value)) {
      const found = tryToRead(read, { path: path + step, seen });
      if (found) return found;
    }
  }
  return { ...refuse("uncloneable", value), path };
}

function tryToRead(read: () => unknown, trial: Trial): Refusal | undefined {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    return { ...refuse("unreadable", error), path: trial.path };
  }
  return tryPart(value, trial);
}

/** What an object holds, with the text that leads to it. */
function partsOf(value: object): [step: string, read: () => unknown][] {
  if (value instanceof Map) {
    return [...value].flatMap(([key, inner]) => [
      [".keys()", () => key],
      [`.get(${inspect(key)})`, () => inner],
    ]);
  }
  if (value instanceof Set) {
    return [...value].map((inner, index) => [`.values()[${index}]`, () => inner]);
  }
  if (value instanceof Error) return [[".cause", () => value.cause]];
  return Object.keys(value).map((key) => [stepOf(key), () => Reflect.get(value, key)]);
}
