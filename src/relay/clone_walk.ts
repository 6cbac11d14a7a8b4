/**
 * Walking through a value that is to be cloned: what can't be, or would arrive as an empty object, is
 * found with its path, before anything is sent.
 *
 * @module
 */

import { isArgumentsObject, isProxy } from "node:util/types";
import { inspect } from "../logging/text/inspect.ts";
import { cloneKindOf, hidesAll } from "./clone_kind.ts";
import { inside, type Refusal, refuse, stepOf } from "./clone_refusal.ts";

/** Where a value goes: to a thread of this process, or to another process. */
export type Destination = "thread" | "process";

/** Which part of its buffer a view shows, in bytes. */
export interface ViewPlace {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** What a walk has to know; what it gathers on its way. */
export interface WalkOptions {
  /**
   * Where the value goes.
   *
   * @default "thread"
   */
  readonly to?: Destination;
  /** What is moved and not cloned. */
  readonly moved?: ReadonlySet<unknown>;
  /**
   * Gets the buffers that may be moved or replaced. Those of the cause of an error may not.
   *
   * @default undefined
   */
  readonly buffers?: Set<ArrayBuffer>;
  /**
   * Gets the views, each with where it lies, which it does not know any more once its buffer is moved.
   *
   * @default undefined
   */
  readonly views?: Map<ArrayBufferView, ViewPlace>;
  /**
   * How many bytes a buffer has at least to be gathered.
   *
   * @default 0
   */
  readonly leastBytes?: number;
  /**
   * How many objects the value may consist of. In larger ones, and in arrays with many holes, replacing
   * buffers takes longer than it saves: none are gathered.
   *
   * @default Infinity
   */
  readonly mostObjects?: number;
  /**
   * Gets what can only be moved. It is not refused.
   *
   * @default undefined
   */
  readonly movables?: Set<Transferable>;
  /**
   * Is told of each object that is copied, perhaps more than once. Those of shared memory are not.
   *
   * @default undefined
   */
  readonly claim?: (value: object) => void;
}

/** How deep a value may be nested. The engine fails at 2,650 objects, this walk at 1,500 maps; a task needs stack too. */
const MOST_DEPTH = 1000;

/** Longer lists, and larger objects, are looked at once, also where they hold no objects. */
const LONG = 64;

/** Up to this length, it is seen at once whether an array has more than elements. */
const SHORT = 16;

/** An array with more holes than this may have far fewer elements than its length. */
const MOST_HOLES = 1000;

/**
 * Finds what can't be sent in a value.
 *
 * Short arrays are looked at with the other keys that they may have. Those of longer ones could only be
 * found by making a text of each index, which takes more time than to clone the array.
 *
 * @param value Any value.
 * @param options Where it goes, what is moved, and what to gather.
 * @returns What was found first; `undefined` if all of it can be sent.
 * @throws What a getter in it throws.
 */
export function findRefusal(value: unknown, options: WalkOptions = {}): Refusal | undefined {
  const { buffers, mostObjects = Infinity } = options;
  const walk = new Walk(options);
  const refusal = walk.visit(value, 0);
  if (walk.objects > mostObjects) buffers?.clear();
  return refusal;
}

class Walk {
  /** How many objects were looked at; far too many if an array has many holes. */
  objects = 0;
  readonly #options: WalkOptions;
  /** What was found to hold objects, or much. The value itself is not in it: nobody nests that. */
  #seen: Set<object> | undefined;
  #inErrors = 0;
  readonly #claim: ((value: object) => void) | undefined;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#claim = options.claim;
  }

  visit(value: unknown, depth: number): Refusal | undefined {
    if (typeof value !== "object" || value === null) {
      return isPlain(value) ? undefined : refuse("uncloneable", value);
    }
    this.objects++;
    if (depth > MOST_DEPTH) return refuse("deep", value);
    if (isProxy(value)) return refuse("uncloneable", value);
    if (Array.isArray(value)) return this.#visitArray(value, depth);
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype) return this.#visitOther(value, prototype, depth);
    return Symbol.iterator in value && isArgumentsObject(value)
      ? refuse("uncloneable", value)
      : this.#visitFields(value, depth);
  }

  #visitOther(value: object, prototype: object | null, depth: number): Refusal | undefined {
    const kind = cloneKindOf(value, prototype);
    // The casts: a kind says of which class a value is, which the compiler can't see.
    switch (kind) {
      case "fields":
      case "private":
        return this.#visitFields(value, depth) ??
          (prototype && isEmpty(value) && hidesAll(value, kind)
            ? refuse("hidden", value)
            : undefined);
      case "leaf":
        this.#claim?.(value);
        return undefined;
      case "error":
        return this.#visitCause(value as Error, depth);
      case "map":
        return this.#visitMap(value as Map<unknown, unknown>, depth);
      case "set":
        return this.#visitSet(value as Set<unknown>, depth);
      case "buffer":
        return this.#visitBuffer(value, value as ArrayBuffer);
      case "view":
        return this.#visitView(value as ArrayBufferView);
      case "memory":
        return this.#visitMemory(value as WebAssembly.Memory);
      case "shared":
      case "local":
        return this.#options.to === "process" ? refuse("local", value) : undefined;
      case "movable":
        return this.#visitMovable(value as Transferable);
      case "uncloneable":
        return refuse("uncloneable", value);
      default:
        return kind satisfies never;
    }
  }

  #visitFields(value: object, depth: number): Refusal | undefined {
    this.#claim?.(value);
    let count = 0;
    let isEntered = false;
    // Reads what it holds as V8 does; faster than Object.keys, but also gives what is inherited.
    for (const key in value) {
      const inner: unknown = value[key as keyof typeof value]; // One of its keys.
      const isLeaf = isPlain(inner);
      if (isLeaf && ++count !== LONG) continue;
      if (!isEntered && !this.#enter(value, depth)) return undefined;
      isEntered = true;
      if (isLeaf || !Object.hasOwn(value, key)) continue;
      const refusal = this.visit(inner, depth + 1);
      if (refusal) return inside(stepOf(key), refusal);
    }
    return undefined;
  }

  #visitArray(list: readonly unknown[], depth: number): Refusal | undefined {
    this.#claim?.(list);
    const { length } = list;
    if (length <= SHORT) {
      const keys = Object.keys(list);
      // Names come after the numbers.
      if (keys.at(-1) !== String(length - 1)) {
        return this.#enter(list, depth) ? this.#visitKeys(list, keys, depth) : undefined;
      }
    }
    let isEntered = false;
    if (length > LONG) {
      if (!this.#enter(list, depth)) return undefined;
      isEntered = true;
    }
    let holes = 0;
    for (let index = 0; index < length; index++) {
      const inner = list[index];
      if (isPlain(inner)) {
        if (inner !== undefined || index in list || ++holes <= MOST_HOLES) continue;
        this.objects = Infinity;
        return this.#visitKeys(list, Object.keys(list), depth);
      }
      if (!isEntered && !this.#enter(list, depth)) return undefined;
      isEntered = true;
      const refusal = this.visit(inner, depth + 1);
      if (refusal) return inside(`[${index}]`, refusal);
    }
    return undefined;
  }

  #visitKeys(list: object, keys: readonly string[], depth: number): Refusal | undefined {
    for (const key of keys) {
      const refusal = this.visit(Reflect.get(list, key), depth + 1);
      if (refusal) return inside(stepOf(key), refusal);
    }
    return undefined;
  }

  #visitMap(map: ReadonlyMap<unknown, unknown>, depth: number): Refusal | undefined {
    this.#claim?.(map);
    if (!this.#enter(map, depth)) return undefined;
    for (const [key, inner] of map) {
      const bad = this.visit(key, depth + 1);
      if (bad) return inside(".keys()", bad);
      const refusal = this.visit(inner, depth + 1);
      if (refusal) return inside(`.get(${inspect(key)})`, refusal);
    }
    return undefined;
  }

  #visitSet(set: ReadonlySet<unknown>, depth: number): Refusal | undefined {
    this.#claim?.(set);
    if (!this.#enter(set, depth)) return undefined;
    let index = 0;
    for (const inner of set) {
      const refusal = this.visit(inner, depth + 1);
      if (refusal) return inside(`.values()[${index}]`, refusal);
      index++;
    }
    return undefined;
  }

  #visitCause(error: Error, depth: number): Refusal | undefined {
    this.#claim?.(error);
    const { cause } = error;
    if (isPlain(cause)) return cause === undefined ? undefined : this.visit(cause, depth + 1);
    if (!this.#enter(error, depth)) return undefined;
    this.#inErrors++;
    const refusal = this.visit(cause, depth + 1);
    this.#inErrors--;
    return refusal && inside(".cause", refusal);
  }

  #visitView(view: ArrayBufferView): Refusal | undefined {
    const { buffer, byteOffset, byteLength } = view;
    this.#options.views?.set(view, { byteOffset, byteLength });
    return this.#visitBuffer(view, buffer);
  }

  #visitBuffer(holder: object, buffer: ArrayBufferLike): Refusal | undefined {
    const { to, buffers, leastBytes = 0 } = this.#options;
    if (!(buffer instanceof ArrayBuffer)) {
      return to === "process" ? refuse("local", holder) : undefined;
    }
    if (buffer.detached) return refuse("detached", holder);
    this.#claim?.(holder);
    this.#claim?.(buffer);
    if (this.#inErrors === 0 && buffer.byteLength >= leastBytes) buffers?.add(buffer);
    return undefined;
  }

  #visitMemory(memory: WebAssembly.Memory): Refusal | undefined {
    if (memory.buffer instanceof ArrayBuffer) return refuse("uncloneable", memory);
    return this.#options.to === "process" ? refuse("local", memory) : undefined;
  }

  #visitMovable(value: Transferable): Refusal | undefined {
    const { to, moved, movables } = this.#options;
    if (to === "process") return refuse("local", value);
    movables?.add(value);
    return movables || moved?.has(value) ? undefined : refuse("unmoved", value);
  }

  /** Whether it was not seen before. */
  #enter(value: object, depth: number): boolean {
    if (depth === 0) return true;
    this.#seen ??= new Set();
    if (this.#seen.has(value)) return false;
    this.#seen.add(value);
    return true;
  }
}

/** Whether a value is cloned, and holds nothing. */
function isPlain(value: unknown): boolean {
  const type = typeof value;
  return type === "object" ? value === null : type !== "function" && type !== "symbol";
}

/** Whether it has no enumerable fields of its own. */
function isEmpty(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}
