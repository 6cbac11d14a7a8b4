/**
 * Finds the records that JSON carries as they are. These are nearly all, so this look decides how fast
 * records travel.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";

/** How deep plain values may be nested here; deeper ones are not usual. */
const MAX_PLAIN_DEPTH = 8;

/**
 * Whether `JSON.stringify` writes a record so that `JSON.parse` gives the same one: it holds nothing
 * but texts, finite numbers, booleans, `null`, and lists and plain objects of them, each only once.
 *
 * @param record The record.
 * @param maxLength How many characters its texts may have in all.
 * @returns Whether it is plain. Throws what a getter or proxy in it throws.
 */
export function isPlainRecord(record: LogRecord, maxLength: number): boolean {
  if ("toJSON" in record) return false;
  const check = new PlainCheck(maxLength);
  for (const key in record) {
    const value: unknown = record[key as keyof LogRecord]; // Of whatever fields there are.
    // An optional field that is not there may be `undefined` as well.
    if (value !== undefined && !check.isPlain(value, 0)) return false;
  }
  return true;
}

/** A look at the values of one record. */
class PlainCheck {
  /** How many characters may still come. */
  #left: number;
  // The objects that were met. Most records have two: a set of them would cost more than all the rest.
  #first: object | undefined;
  #second: object | undefined;
  #others: Set<object> | undefined;

  constructor(maxLength: number) {
    this.#left = maxLength;
  }

  isPlain(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "string":
        return (this.#left -= value.length) >= 0;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0);
      case "boolean":
        return true;
      case "object":
        return value === null ||
          (this.#isNew(value, depth) &&
            (Array.isArray(value) ? this.#isList(value, depth) : this.#isObject(value, depth)));
      default:
        return false;
    }
  }

  #isList(list: readonly unknown[], depth: number): boolean {
    if (Object.getPrototypeOf(list) !== Array.prototype) return false;
    // That it has no fields beside its values is only certain of what the logger made itself.
    if (depth > 0 && Object.keys(list).length !== list.length) return false;
    for (let index = 0; index < list.length; index++) { // Holes count as `undefined`.
      if (!this.isPlain(list[index], depth + 1)) return false;
    }
    return true;
  }

  #isObject(value: object, depth: number): boolean {
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    if (depth > 0 && !hasOnlyData(value)) return false;
    for (const key in value) {
      if (key === "$" || !this.isPlain(value[key as keyof typeof value], depth + 1)) return false;
      this.#left -= key.length;
    }
    return true;
  }

  /** Whether an object is met for the first time; JSON would write it twice, or without an end. */
  #isNew(value: object, depth: number): boolean {
    if (depth >= MAX_PLAIN_DEPTH || "toJSON" in value) return false;
    if (this.#first === undefined) this.#first = value;
    else if (this.#first === value) return false;
    else if (this.#second === undefined) this.#second = value;
    else if (this.#second === value) return false;
    else {
      this.#others ??= new Set();
      return this.#others.size < this.#others.add(value).size;
    }
    return true;
  }
}

/** Whether an object has neither getters nor fields named by symbols; the logger's own have none. */
function hasOnlyData(value: object): boolean {
  if (Symbol.iterator in value || Object.getOwnPropertySymbols(value).length > 0) return false;
  for (const key in value) {
    if (Object.getOwnPropertyDescriptor(value, key)?.get !== undefined) return false;
  }
  return true;
}
