/**
 * The shapes of what somebody else has written: each field is looked at before it is relied on.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";

/**
 * Looks at a value.
 *
 * @param value Anything.
 * @returns It; of an object or a list a copy, without what is not known.
 * @throws {ShapeError} If it has another shape.
 */
export type Shape<T> = (value: unknown) => T;

/** How much of a value is shown, in characters. */
const SHOWN = 100;

/** A value has another shape than it should. Who reads the whole says so in an error of its own. */
export class ShapeError extends TypeError {
  readonly #reason: string;
  /** The fields and places that lead to the value, from the inside out. */
  readonly #steps: (string | number)[] = [];

  /**
   * Makes the error.
   *
   * @param reason What follows the name of the field: "is 5, …".
   */
  constructor(reason: string) {
    super(reason);
    this.name = "ShapeError";
    this.#reason = reason;
  }

  /** Says in which field, or at which place of a list, the value is. */
  within(step: string | number): this {
    this.#steps.push(step);
    return this;
  }

  /** Where the value is, and what is wrong with it: "calls.index[3] is -1, …". */
  get text(): string {
    const path = this.#steps.reduceRight<string>((path, step) => {
      if (typeof step === "number") return `${path}[${step}]`;
      return path === "" ? step : `${path}.${step}`;
    }, "");
    return `${path || "it"} ${this.#reason}`;
  }
}

/**
 * The error of a value.
 *
 * @param value What it is.
 * @param allowed What it should be.
 */
export function misfit(value: unknown, allowed: string): ShapeError {
  const text = inspect(value);
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return new ShapeError(`is ${shown}, it should be ${allowed}`);
}

/**
 * A shape that is told by a question.
 *
 * @param allowed What has this shape, for the error.
 * @param holds The question.
 */
export function shape<T>(allowed: string, holds: (value: unknown) => value is T): Shape<T> {
  return (value) => {
    if (holds(value)) return value;
    throw misfit(value, allowed);
  };
}

/** Text. */
export const text: Shape<string> = shape("a text", (value) => typeof value === "string");

/** Yes or no. */
export const flag: Shape<boolean> = shape("true or false", (value) => typeof value === "boolean");

/** Bytes. */
export const bytes: Shape<Uint8Array> = shape("bytes", (value) => value instanceof Uint8Array);

/** A list whose items may be anything. */
export const anyList: Shape<readonly unknown[]> = shape("a list", (value) => Array.isArray(value));

/** Any value at all. */
export const anything: Shape<unknown> = (value) => value;

/**
 * A whole number.
 *
 * @param least The smallest.
 * @param most The largest.
 */
export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): Shape<number> {
  const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return shape(
    `a whole number ${limits}`,
    (value): value is number =>
      Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  );
}

/**
 * A text of some kind.
 *
 * @param pattern What it matches.
 * @param allowed What does, for the error.
 */
export function matching(pattern: RegExp, allowed: string): Shape<string> {
  return shape(
    allowed,
    (value): value is string => typeof value === "string" && pattern.test(value),
  );
}

/** This very value. */
export function exactly<const T extends string | undefined>(wanted: T): Shape<T> {
  return shape(inspect(wanted), (value): value is T => value === wanted);
}

/** It, or nothing. */
export function optional<T>(inner: Shape<T>): Shape<T | undefined> {
  return (value) => value === undefined ? undefined : inner(value);
}

/** A list of what is alike. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    const list = anyList(value);
    const copy: T[] = [];
    let place = 0;
    try {
      // By place: a list may claim to be longer than memory, and have nothing in it.
      for (; place < list.length; place++) copy.push(item(list[place]));
    } catch (error) {
      throw locate(error, place);
    }
    return copy;
  };
}

/** A `Map` from texts to what is alike. */
export function mapOf<T>(item: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return (value) => {
    if (!(value instanceof Map)) throw misfit(value, "a Map");
    const copy = new Map<string, T>();
    for (const [key, each] of value) {
      if (typeof key !== "string") throw misfit(key, "a text, as a key of a Map");
      try {
        copy.set(key, item(each));
      } catch (error) {
        throw locate(error, key);
      }
    }
    return copy;
  };
}

/** The shape of each field of `T`. */
export type FieldShapes<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** A plain object with these fields. Others are left out of the copy. */
export function object<T>(fields: FieldShapes<T>): Shape<T> {
  // The cast: Object.entries() forgets which field a shape is of; the copy has the type of all together.
  const entries = Object.entries(fields) as [string, Shape<unknown>][];
  return (value) => {
    const given = plainObject(value);
    const copy: Record<string, unknown> = {};
    for (const [name, field] of entries) {
      try {
        // Not what a prototype has under that name.
        copy[name] = field(Object.hasOwn(given, name) ? given[name] : undefined);
      } catch (error) {
        throw locate(error, name);
      }
    }
    return copy as T;
  };
}

/**
 * One of several objects.
 *
 * @param key The field that says which.
 * @param shapes The objects, by what that field says.
 */
export function variants<T>(key: string, shapes: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const byName = new Map<unknown, Shape<T>>(Object.entries(shapes));
  return (value) => {
    const given = plainObject(value);
    const name = Object.hasOwn(given, key) ? given[key] : undefined;
    const found = byName.get(name);
    if (found) return found(value);
    throw misfit(name, [...byName.keys()].map(inspect).join(" or ")).within(key);
  };
}

/** What a function that checks an option takes. */
export function checkedBy<T>(check: (value: unknown) => T): Shape<T> {
  return (value) => {
    try {
      return check(value);
    } catch (error) {
      throw new ShapeError(`is wrong: ${error instanceof Error ? error.message : inspect(error)}`);
    }
  };
}

/** A plain object, whatever is in it. */
export function plainObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    // The cast: it has no class, so all that it has are fields.
    if (prototype === Object.prototype || prototype === null) {
      return value as Readonly<Record<string, unknown>>;
    }
  }
  throw misfit(value, "a plain object");
}

/**
 * What was wrong with a value.
 *
 * @param error What a {@linkcode Shape} threw.
 * @returns Where the value is, and what it should be.
 * @throws The error itself, if it is another one: a fault of ours, not of the value.
 */
export function misfitText(error: unknown): string {
  if (error instanceof ShapeError) return error.text;
  throw error;
}

function locate(error: unknown, step: string | number): unknown {
  return error instanceof ShapeError ? error.within(step) : error;
}
