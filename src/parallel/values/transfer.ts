/**
 * Moving instead of copying: which buffers, ports and streams go to a task and come back.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { findRefusal } from "../../relay/clone_walk.ts";

/**
 * What is moved to a task and not copied. `true`: every `ArrayBuffer` (those that views are on, too),
 * `MessagePort` and stream that is found in the arguments, and of results the same. A function gets the
 * arguments of a call and returns what is moved of them; results are copied.
 *
 * The caller can't use any more what was moved: a buffer is detached, `byteLength` is 0. What belongs to
 * others is copied: WebAssembly's memory, short Buffers of Node.js. A call whose arguments were moved is
 * not tried again.
 *
 * @example
 * ```ts
 * import { Parallel } from "@paralog/paralog/parallel";
 *
 * const image = new Uint8Array(1_000_000);
 * const parallel = new Parallel(1, { transfer: (pixels: Uint8Array) => [pixels.buffer] });
 * const sizes = await parallel.map((pixels: Uint8Array) => pixels.length, [image]);
 * console.log(sizes, image.length); // [ 1000000 ] 0
 * ```
 */
export type TransferOption =
  | boolean
  | ((...args: never[]) => readonly (Transferable | ArrayBufferLike)[]);

/** Decides what is moved. */
export interface TransferPlan {
  /** Whether what can be moved of results is moved. */
  readonly results: boolean;
  /**
   * The lists of arguments of which something was moved. Such a call can't be sent again: neither be tried
   * again, nor be given to another worker.
   */
  readonly moved: WeakSet<readonly unknown[]>;
  /**
   * What is moved of the arguments of a call.
   *
   * @param args The arguments.
   * @throws {TypeError} If a user's function returns what can't be moved; what it throws itself.
   */
  ofArgs(args: readonly unknown[]): Transferable[];
}

/**
 * Checks the option `transfer`.
 *
 * @param option What a user gave.
 * @returns What decides for each call; `undefined` if nothing is moved.
 * @throws {TypeError} If it is neither a boolean nor a function.
 */
export function checkTransfer(option: unknown): TransferPlan | undefined {
  if (option === undefined || option === false) return undefined;
  const moved = new WeakSet<readonly unknown[]>();
  if (option === true) return { results: true, moved, ofArgs: transferablesIn };
  if (typeof option !== "function") {
    throw new TypeError(
      `Cannot move arguments: current value of transfer is ${inspect(option)}, give true, false, ` +
        "or a function that returns what is moved: (image: Uint8Array) => [image.buffer]",
    );
  }
  return { results: false, moved, ofArgs: (args) => checkList(option(...args)) };
}

/**
 * What can be moved of a value, each once.
 *
 * @param value Any value.
 * @returns Its buffers, ports and streams; none if something in it can't be read.
 */
export function transferablesIn(value: unknown): Transferable[] {
  const buffers = new Set<ArrayBuffer>();
  const movables = new Set<Transferable>();
  try {
    findRefusal(value, { buffers, movables });
  } catch {
    return []; // It is refused as soon as it is to be sent, with the path.
  }
  return [...movables, ...buffers];
}

function checkList(list: unknown): Transferable[] {
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot move arguments: transfer returned ${inspect(list)}, it must return a list`,
    );
  }
  for (const item of list) {
    if (isMovable(item)) continue;
    const hint = ArrayBuffer.isView(item) ? "its buffer, view.buffer" : MOVABLE_TEXT;
    throw new TypeError(
      `Cannot move arguments: transfer returned a list with ${inspect(item)}, return ${hint}`,
    );
  }
  return [...new Set<Transferable>(list)];
}

const MOVABLE_TEXT = "an ArrayBuffer, a MessagePort or a stream";

/** Deno loads streams when their classes are named, so they are named when a list is checked. */
function isMovable(item: unknown): boolean {
  const classes = [ArrayBuffer, MessagePort, ReadableStream, WritableStream, TransformStream];
  return classes.some((each) => item instanceof each);
}
