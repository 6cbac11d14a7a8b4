/**
 * Structured clones as bytes, for where there is no `postMessage`: between processes.
 *
 * @module
 */

import { Deserializer, Serializer } from "node:v8";

/**
 * Writes a value as bytes.
 *
 * @param value What `structuredClone` takes, except for what lives in one process only: shared memory,
 * blobs, keys, compiled WebAssembly, a `DOMException`.
 * @returns The bytes.
 * @throws {Error} If the value can't be written.
 */
export function encodeClone(value: unknown): Uint8Array {
  checkObjects(value);
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/**
 * Makes a value of its bytes.
 *
 * @param bytes What {@linkcode encodeClone} wrote.
 * @returns A copy of what it was given.
 * @throws {Error} If the bytes are something else.
 */
export function decodeClone(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * Whether {@linkcode encodeClone} takes a value.
 *
 * @param value Any value.
 */
export function isEncodable(value: unknown): boolean {
  try {
    encodeClone(value);
    return true;
  } catch {
    return false;
  }
}

/** Classes whose instances are cloned by their own fields, as plain objects are. */
const plainClasses = new WeakSet<object>([Object.prototype]);

/** What the engine itself writes, with all that it holds. */
const LEAVES = [Date, RegExp, ArrayBuffer, Boolean, Number, String, BigInt] as const;

/**
 * Finds what the engine would write as an empty object, because it is Deno that knows how to clone it
 * or that it must not be: a `Blob`, a `URL`.
 */
function checkObjects(root: unknown): void {
  const open: object[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown) => {
    if (typeof value === "object" && value !== null && !seen.has(value)) open.push(value);
  };
  visit(root);
  for (let value = open.pop(); value; value = open.pop()) {
    seen.add(value);
    if (isLeaf(value)) continue;
    else if (isErrorOfEngine(value)) visit(value.cause);
    else if (value instanceof Set) value.forEach(visit);
    else if (value instanceof Map) {
      for (const [key, inner] of value) {
        visit(key);
        visit(inner);
      }
    } else {
      if (!Array.isArray(value)) checkObject(value);
      // Of an array too: it may have other keys than numbers, and far fewer than its length.
      for (const key of Object.keys(value)) visit(Reflect.get(value, key));
    }
  }
}

function isLeaf(value: object): boolean {
  return ArrayBuffer.isView(value) || LEAVES.some((leaf) => value instanceof leaf);
}

/** Its own fields are not cloned, whatever they hold. */
function isErrorOfEngine(value: object): value is Error {
  return value instanceof Error && !(value instanceof DOMException);
}

function checkObject(value: object): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || plainClasses.has(prototype)) return;
  const copy = structuredClone(value); // Throws for what must not be cloned.
  if (Object.getPrototypeOf(copy) !== Object.prototype) {
    throw new TypeError(`a ${value.constructor.name} can't leave its process`);
  }
  plainClasses.add(prototype);
}
