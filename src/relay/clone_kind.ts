/**
 * What an object is to structured cloning. Deno clones many of its own objects to `{}` and says nothing:
 * a `URL`, `Headers`, a file. Here such are told apart from plain data and from instances of a program's
 * own classes, of which structured cloning keeps the fields.
 *
 * @module
 */

import { isModuleNamespaceObject } from "node:util/types";
import { Filterer } from "../logging/filter.ts";
import { LogMethods } from "../logging/log_methods.ts";

/** What an object is to structured cloning. */
export type CloneKind =
  /** Cloned by its own enumerable fields, as instances of a program's classes are. */
  | "fields"
  /** The same; its class also has private fields, which are not cloned. */
  | "private"
  /** Cloned as a whole; nothing inside needs a look. */
  | "leaf"
  /** An error: of what it holds, only its cause is cloned. */
  | "error"
  /** Cloned with all that it holds. */
  | "map"
  | "set"
  /** An `ArrayBuffer`: cloned with its bytes, or moved. */
  | "buffer"
  /** A typed array or a `DataView`: cloned with the whole buffer that it is on. */
  | "view"
  /** A `SharedArrayBuffer`: the same memory for all threads of a process. */
  | "shared"
  /** A `WebAssembly.Memory`, which is shared memory if it was made so, and otherwise refused. */
  | "memory"
  /** Deno clones it from thread to thread, not from process to process: a `Blob`, a `CryptoKey`. */
  | "local"
  /** Can't be cloned, but moved from thread to thread: a `MessagePort`, a stream. */
  | "movable"
  /** Refused, or cloned to an empty object. */
  | "uncloneable";

/** What all asynchronous generators inherit from. It has no name. */
const AsyncIterator = {
  prototype: Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype),
};

/** The classes that are treated in their own way, by their prototypes. */
function knownKinds(): [object, CloneKind][] {
  const kinds: Partial<Record<CloneKind, readonly { readonly prototype: object }[]>> = {
    leaf: [Date, RegExp, Boolean, Number, String, BigInt],
    error: [Error],
    map: [Map],
    set: [Set],
    buffer: [ArrayBuffer],
    view: [Object.getPrototypeOf(Uint8Array), DataView],
    shared: [SharedArrayBuffer],
    memory: [WebAssembly.Memory],
    local: [DOMException, WebAssembly.Module],
    movable: [MessagePort],
    // Events, loggers and handlers have public fields too, but those are not what they are about.
    uncloneable: [Iterator, AsyncIterator, Event, LogMethods, Filterer],
  };
  return Object.entries(kinds).flatMap(([kind, classes]) =>
    // The keys of the literal above.
    classes.map(({ prototype }): [object, CloneKind] => [prototype, kind as CloneKind])
  );
}

/** What instances of classes are, by the prototype of the class: what was found out is kept. */
const kinds = new WeakMap<object, CloneKind>(knownKinds());

/** The classes of streams. Deno loads them when they are named; a worker starts 1 ms sooner without. */
const STREAMS = ["ReadableStream", "WritableStream", "TransformStream"] as const;

/** Objects that Deno clones itself have this; the symbol is the same in all its versions. */
const HOST_OBJECT = Symbol.for("Deno.core.hostObject");

/** How Deno describes the symbol that objects of the web's interfaces carry. */
const BRAND = "[[webidl.brand]]";

/**
 * What an object is to structured cloning.
 *
 * @param value The object; neither an array nor a plain object.
 * @param prototype Its prototype.
 * @returns The same for all instances of a class.
 */
export function cloneKindOf(value: object, prototype: object | null): CloneKind {
  if (prototype === null) return isModuleNamespaceObject(value) ? "uncloneable" : "fields";
  let kind = kinds.get(prototype);
  if (!kind) kinds.set(prototype, kind = findKind(value, prototype));
  return kind;
}

/**
 * Whether an instance of a program's class keeps all that it has out of sight, so that its clone would be
 * empty.
 *
 * @param value An instance without enumerable fields of its own.
 * @param kind What it is.
 */
export function hidesAll(value: object, kind: "fields" | "private"): boolean {
  return kind === "private" || Reflect.ownKeys(value).length > 0;
}

function findKind(value: object, prototype: object): CloneKind {
  const chain = [...chainOf(prototype)];
  for (const ancestor of chain) {
    const known = kinds.get(ancestor);
    if (known && known !== "fields" && known !== "private") return known;
  }
  if (chain.some(isOfStreams)) return "movable";
  if (isHostObject(value)) return "local";
  const makers = chain.map(makerOf).filter((maker) => maker !== undefined);
  const sources = makers.map((maker) => Function.prototype.toString.call(maker));
  if (sources.some(isNative) || isBranded(value)) return "uncloneable";
  // Sockets and streams of Node.js, whose fields hold functions far inside.
  if (makers.some(({ name }) => name === "EventEmitter")) return "uncloneable";
  return sources.some(usesPrivateNames) ? "private" : "fields";
}

function* chainOf(prototype: object): Generator<object, void> {
  for (
    let next: object | null = prototype;
    next && next !== Object.prototype;
    next = Object.getPrototypeOf(next)
  ) yield next;
}

/** The class that a prototype belongs to, if it belongs to one. */
// deno-lint-ignore ban-types -- of which nothing else is known
function makerOf(prototype: object): Function | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof maker === "function" ? maker : undefined;
}

/** Whether a prototype is that of a class of streams. */
function isOfStreams(prototype: object): boolean {
  const maker = makerOf(prototype);
  return STREAMS.some((name) => name === maker?.name && globalThis[name] === maker);
}

function isNative(source: string): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(source);
}

/** Who has private fields uses them: `this.#count`. */
function usesPrivateNames(source: string): boolean {
  return /\.#[\p{ID_Start}$_]/u.test(source);
}

function isHostObject(value: object): boolean {
  return HOST_OBJECT in value;
}

function isBranded(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some(({ description }) => description === BRAND);
}
