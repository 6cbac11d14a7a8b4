/**
 * Plain data, copied with limits: what is shared in it, or holds itself, must not grow without end.
 *
 * @module
 */

import { PythonObject } from "./python_object.ts";

/** How much data is accepted. */
export interface PlainDataLimits {
  /**
   * How many values there may be; one that is used several times counts each time.
   *
   * @default 100000
   */
  readonly maxItems?: number;
  /**
   * How deep lists and dictionaries may be nested.
   *
   * @default 64
   */
  readonly maxDepth?: number;
  /**
   * How many characters and bytes all texts may have, counted like the values.
   *
   * @default 16777216
   */
  readonly maxText?: number;
}

/** Copies what a pickle made into plain data. */
export class PlainCopier {
  readonly #error: (reason: string, object?: PythonObject) => Error;
  readonly #limits: Required<PlainDataLimits>;
  #objectsAsText = false;
  #items = 0;
  #text = 0;

  /**
   * Makes a copier.
   *
   * @param error Makes the error that is thrown where a limit is exceeded, or at an object.
   * @param limits How much data is accepted.
   */
  constructor(
    error: (reason: string, object?: PythonObject) => Error,
    limits: PlainDataLimits = {},
  ) {
    const { maxItems = 100_000, maxDepth = 64, maxText = 16 * 1024 * 1024 } = limits;
    this.#error = error;
    this.#limits = { maxItems, maxDepth, maxText };
  }

  /**
   * Copies a value: arrays and sets as they are, a `Map` with no other keys than strings as an object
   * without a prototype.
   *
   * @param value The value: scalars, `Uint8Array`, arrays, sets and maps.
   * @param options Whether objects of Python become text, or are refused.
   * @returns The copy, in which nothing is shared.
   */
  copy(value: unknown, options: { readonly objectsAsText: boolean }): unknown {
    this.#objectsAsText = options.objectsAsText;
    return this.#copy(value, 0);
  }

  #copy(value: unknown, depth: number): unknown {
    const { maxItems, maxDepth } = this.#limits;
    if (++this.#items > maxItems) throw this.#error(`more than ${maxItems} values`);
    if (typeof value === "string") return this.#countText(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Uint8Array) return this.#countText(value).slice();
    if (depth >= maxDepth) {
      throw this.#error(`nested more than ${maxDepth} levels deep, or in itself`);
    }
    const copyInner = (inner: unknown) => this.#copy(inner, depth + 1);
    if (Array.isArray(value)) return value.map(copyInner);
    if (value instanceof Set) return new Set([...value].map(copyInner));
    if (value instanceof Map) {
      return toDict([...value].map(([key, inner]) => [copyInner(key), copyInner(inner)]));
    }
    if (!(value instanceof PythonObject)) throw this.#error("a value that is no plain data");
    if (this.#objectsAsText) return this.#countText(value.toText());
    throw this.#error(`asks for ${value.name}; only plain data is accepted`, value);
  }

  #countText<T extends string | Uint8Array>(text: T): T {
    const { maxText } = this.#limits;
    this.#text += text.length;
    if (this.#text > maxText) throw this.#error(`more than ${maxText} characters`);
    return text;
  }
}

function toDict(entries: readonly (readonly [unknown, unknown])[]): unknown {
  // Without a prototype, so that a key "__proto__" is a key.
  const dict: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) {
    if (typeof key !== "string") return new Map(entries);
    dict[key] = value;
  }
  return dict;
}
