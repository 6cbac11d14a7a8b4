/**
 * Any value as JSON can hold it: what `JSON.stringify` refuses (a BigInt, a cycle, a getter that
 * throws) or drops (the entries of a Map, NaN, an error's message) has a form of its own.
 *
 * @module
 */

import { serializeError } from "../errors.ts";
import { inspect } from "./inspect.ts";

/** A value as JSON has it. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** How deep values are followed; what lies deeper is cut. */
const MAX_DEPTH = 64;

/** How many values are taken in all: one that is shared would be written again and again. */
const MAX_VALUES = 100_000;

/** What is known on the way through a value. */
interface Walk {
  readonly path: readonly object[];
  readonly taken: { count: number };
}

/**
 * A value as JSON can hold it. Never throws. Beside JSON's own rules (`toJSON` is called, `undefined`
 * fields are left out) these hold:
 *
 * | value | becomes |
 * | --- | --- |
 * | BigInt | its digits as a string |
 * | `NaN`, `Infinity` | that word as a string |
 * | Date | ISO 8601; "Invalid Date" |
 * | Map | an object if all keys are texts, otherwise a list of `[key, value]` |
 * | Set, typed array, DataView, ArrayBuffer | a list of its values or bytes |
 * | error | its parts, as a record holds them: `className`, `message`, `stack`, … |
 * | function, symbol, RegExp | the text that the console shows |
 * | list with more than 100,000 holes | the text that the console shows |
 * | what holds itself | "[Circular]" |
 * | what lies deeper than 64 levels, or comes after 100,000 values | "[cut here]" |
 * | what throws when it is read | "[can't be read: reason]" |
 *
 * @param value Anything.
 * @returns Plain data, made of new objects.
 */
export function toJsonValue(value: unknown): JsonValue {
  return convert(value, { path: [], taken: { count: 0 } }) ?? null;
}

/** `undefined` where JSON leaves a field out. */
function convert(value: unknown, walk: Walk): JsonValue | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return String(value);
    case "function":
    case "symbol":
      return inspect(value);
    case "object":
      return value === null ? null : convertObject(value, walk);
  }
}

function convertObject(value: object, { path, taken }: Walk): JsonValue | undefined {
  if (path.includes(value)) return "[Circular]";
  if (path.length >= MAX_DEPTH || ++taken.count > MAX_VALUES) return "[cut here]";
  try {
    return convertParts(value, { path: [...path, value], taken });
  } catch (reason) {
    return unreadable(reason);
  }
}

function convertParts(value: object, walk: Walk): JsonValue | undefined {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof Error) return convertFields(serializeError(value), walk);
  if (value instanceof RegExp) return inspect(value);
  if (isBoxed(value)) return convert(value.valueOf(), walk);
  if (value instanceof Map && value.keys().every((key) => typeof key === "string")) {
    return convertEntries(value, walk);
  }
  if (Array.isArray(value) && hasManyHoles(value)) return inspect(value);
  const list = listOf(value);
  if (list) return convertList(list, walk);
  const toJSON: unknown = Reflect.get(value, "toJSON");
  if (typeof toJSON === "function") return convert(Reflect.apply(toJSON, value, []), walk);
  return convertFields(value, walk);
}

/** What a collection holds; `undefined` if the value is none. */
function listOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return value;
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  if (value instanceof DataView) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return ArrayBuffer.isView(value) ? Object.values(value) : undefined;
}

/** Such as one whose last index was not meant to be one. Those of lists that go on are not searched. */
function hasManyHoles(list: readonly unknown[]): boolean {
  if (list.length <= MAX_VALUES) return false;
  let holes = 0;
  for (let index = 0; index < Math.min(list.length, 2 * MAX_VALUES); index++) {
    if (!(index in list)) holes++;
  }
  return holes > MAX_VALUES;
}

function convertList(list: Iterable<unknown>, walk: Walk): JsonValue {
  const values: JsonValue[] = [];
  for (const inner of list) {
    if (++walk.taken.count > MAX_VALUES) {
      values.push("[cut here]");
      break;
    }
    values.push(convert(inner, walk) ?? null);
  }
  return values;
}

function convertFields(value: object, walk: Walk): JsonValue {
  return convertEntries(Object.keys(value).map((key) => [key, readField(value, key)]), walk);
}

function convertEntries(entries: Iterable<readonly [string, unknown]>, walk: Walk): JsonValue {
  const fields: Record<string, JsonValue> = {};
  for (const [key, inner] of entries) {
    const converted = convert(inner, walk);
    if (converted !== undefined) setField(fields, key, converted);
  }
  return fields;
}

/**
 * A field named "__proto__" is a field too. With objects without a prototype, where it is one like any
 * other, a line with nested fields takes a fifth longer.
 */
function setField(fields: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== "__proto__") fields[key] = value;
  else Object.defineProperty(fields, key, { value, enumerable: true });
}

function readField(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch (reason) {
    return unreadable(reason);
  }
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean ||
    value instanceof BigInt;
}

/**
 * What stands in place of a value that can't be read.
 *
 * @param reason What was thrown.
 * @returns A text that says why.
 */
export function unreadable(reason: unknown): string {
  try {
    return `[can't be read: ${reason instanceof Error ? String(reason.message) : inspect(reason)}]`;
  } catch {
    return "[can't be read: no reason]"; // Neither can the reason.
  }
}
