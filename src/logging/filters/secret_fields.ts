/**
 * Finds the values of fields that are to be redacted, so that they can be removed from messages too.
 *
 * @module
 */

import { type SerializedError, serializeError } from "../errors.ts";
import type { SecretTexts } from "./secret_texts.ts";

/** Stands for the value of a field whose getter throws. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

/** How deep values are followed; what is deeper is redacted as a whole. */
const MAX_DEPTH = 100;

/** Learns the secrets of one record. */
export class SecretFields {
  readonly #fields: ReadonlySet<string>;
  readonly #texts: SecretTexts;
  readonly #seen = new Set<object>();
  readonly #seenSecret = new Set<object>();

  /**
   * Begins with a record.
   *
   * @param fields The names of the fields that hold secrets, in small letters.
   * @param texts What learns the secrets.
   */
  constructor(fields: ReadonlySet<string>, texts: SecretTexts) {
    this.#fields = fields;
    this.#texts = texts;
  }

  /**
   * Looks for secrets in a value, at any depth. Never throws.
   *
   * @param value Anything.
   * @param isSecret Whether all that is in it is secret.
   * @param depth How deep in another value it was found.
   */
  find(value: unknown, isSecret = false, depth = 0): void {
    if (typeof value !== "object" || value === null) {
      if (isSecret) this.#texts.learn(value);
      return;
    }
    const seen = isSecret ? this.#seenSecret : this.#seen;
    if (seen.has(value) || depth > MAX_DEPTH) return;
    seen.add(value);
    try {
      this.#findInside(value, isSecret, depth + 1);
    } catch {
      // What can't be looked at is redacted as a whole; what it holds can't be learned.
    }
  }

  /**
   * Looks for secrets in the own fields of an error and of its causes. Never throws.
   *
   * @param error The error as data.
   * @param isSecret Whether all that is in it is secret.
   * @param depth How deep in another value it was found.
   */
  findInError(error: SerializedError, isSecret = false, depth = 0): void {
    this.find(error.fields, isSecret, depth);
    const { cause, errors = [], suppression } = error;
    for (const thrown of [cause, ...errors, suppression?.error, suppression?.suppressed]) {
      if (thrown?.kind === "error") this.findInError(thrown.error, isSecret, depth + 1);
      else if (thrown) this.find(thrown.value, isSecret, depth + 1);
    }
  }

  #findInside(value: object, isSecret: boolean, depth: number): void {
    if (ArrayBuffer.isView(value) || value instanceof Date) return;
    if (Array.isArray(value) || value instanceof Set) {
      for (const item of value) this.find(item, isSecret, depth);
      return;
    }
    if (value instanceof Error) return this.findInError(serializeError(value), isSecret, depth);
    for (const [name, item] of entriesOf(value)) {
      const isNamed = typeof name === "string" && this.#fields.has(name.toLowerCase());
      this.find(item, isSecret || isNamed, depth);
    }
    if ("toJSON" in value && typeof value.toJSON === "function") {
      this.find(value.toJSON(""), isSecret, depth);
    }
  }
}

/**
 * What an object has inside.
 *
 * @param value The object.
 * @returns Its fields by name, or what it lists as pairs, as a Map and headers do;
 *   {@linkcode UNREADABLE} for a field whose getter throws.
 */
export function entriesOf(value: object): Iterable<[key: unknown, item: unknown]> {
  const listsPairs = value instanceof Map || value instanceof Headers ||
    value instanceof URLSearchParams || value instanceof FormData;
  return listsPairs ? value.entries() : ownEntries(value);
}

function* ownEntries(value: object): Generator<[key: string | symbol, item: unknown]> {
  for (const key of Reflect.ownKeys(value)) {
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue;
    yield [key, read(value, key)];
  }
}

function read(holder: object, key: string | symbol): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    return UNREADABLE;
  }
}
