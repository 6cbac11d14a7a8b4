/**
 * Copies of values that are on other buffers. What is sent to a thread with a big buffer in it would be
 * copied twice: into the message, and out of it. So the buffer is copied once, into another that is moved.
 *
 * @module
 */

import { cloneKindOf } from "./clone_kind.ts";
import type { ViewPlace } from "./clone_walk.ts";

/**
 * Copies a value as far as it leads to some buffers, with others in their place. What is shared in the value
 * is shared in the copy, and circles stay circles.
 *
 * @param value What structured cloning takes.
 * @param replacements What comes in the place of which buffer: one of the same length, which can't be resized.
 * @param places Where the views of buffers lay that were moved since.
 * @returns A value of which the structured clone is the same.
 */
export function replaceBuffers(
  value: unknown,
  replacements: ReadonlyMap<ArrayBuffer, ArrayBuffer>,
  places: ReadonlyMap<ArrayBufferView, ViewPlace> = new Map(),
): unknown {
  return new Copier(replacements, places).copy(value);
}

/**
 * Moves the bytes of a buffer into one of its own: the old one is detached, as it is when it is transferred.
 *
 * @param buffer A buffer that can't be resized.
 * @returns The new buffer. Of what can't be moved, such as WebAssembly's memory, it is a copy.
 */
export function moveBuffer(buffer: ArrayBuffer): ArrayBuffer {
  try {
    return buffer.transfer();
  } catch (error) {
    if (error instanceof TypeError) return buffer.slice(0);
    throw error;
  }
}

class Copier {
  readonly #copies: Map<object, object>;
  readonly #places: ReadonlyMap<ArrayBufferView, ViewPlace>;

  constructor(
    replacements: ReadonlyMap<ArrayBuffer, ArrayBuffer>,
    places: ReadonlyMap<ArrayBufferView, ViewPlace>,
  ) {
    this.#copies = new Map(replacements);
    this.#places = places;
  }

  copy(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    return this.#copies.get(value) ?? this.#copyObject(value);
  }

  #copyObject(value: object): object {
    if (Array.isArray(value)) {
      return value.some(isObject) ? this.#copyFields(value, new Array(value.length)) : value;
    }
    const prototype = Object.getPrototypeOf(value);
    const kind = prototype === Object.prototype ? "fields" : cloneKindOf(value, prototype);
    // The casts: a kind says of which class a value is, which the compiler can't see.
    switch (kind) {
      case "fields":
      case "private":
        // A key of it may be "__proto__".
        return this.#copyFields(value, Object.create(null));
      case "map":
        return this.#copyMap(value as Map<unknown, unknown>);
      case "set":
        return this.#copySet(value as Set<unknown>);
      case "view":
        return this.#copyView(value as ArrayBufferView);
      default:
        return value; // Of the cause of an error, no buffers are replaced.
    }
  }

  #copyFields(value: object, copy: object): object {
    this.#copies.set(value, copy);
    for (const [key, inner] of Object.entries(value)) Reflect.set(copy, key, this.copy(inner));
    return copy;
  }

  #copyMap(map: ReadonlyMap<unknown, unknown>): object {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(map, copy);
    for (const [key, inner] of map) copy.set(this.copy(key), this.copy(inner));
    return copy;
  }

  #copySet(set: ReadonlySet<unknown>): object {
    const copy = new Set<unknown>();
    this.#copies.set(set, copy);
    for (const inner of set) copy.add(this.copy(inner));
    return copy;
  }

  #copyView(view: ArrayBufferView): object {
    const replacement = this.#copies.get(view.buffer);
    if (!(replacement instanceof ArrayBuffer)) return view;
    const copy = makeView(view, replacement, this.#places.get(view) ?? view);
    this.#copies.set(view, copy);
    return copy;
  }
}

type TypedArrayClass = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView;
};

/** A view of the same kind; of a class that extends one of the language's, that. */
function makeView(
  view: ArrayBufferView,
  buffer: ArrayBuffer,
  { byteOffset, byteLength }: ViewPlace,
): ArrayBufferView {
  if (view instanceof DataView) return new DataView(buffer, byteOffset, byteLength);
  // What is a view and no DataView has the name of its class there, and all of them are global.
  const View = Reflect.get(globalThis, Reflect.get(view, Symbol.toStringTag)) as TypedArrayClass;
  return new View(buffer, byteOffset, byteLength / View.BYTES_PER_ELEMENT);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
