/**
 * Making a value ready for its way to another thread or process: it is checked, what is moved is moved, and
 * big buffers are copied once.
 *
 * @module
 */

import type { Refusal } from "./clone_refusal.ts";
import { type Destination, findRefusal, type ViewPlace, type WalkOptions } from "./clone_walk.ts";
import { findByTrial } from "./cloneable.ts";
import type { ObjectOwners } from "./object_owners.ts";
import { copySmall } from "./copy_small.ts";
import { moveBuffer, replaceBuffers } from "./replace_buffers.ts";

/** A value that can be sent. */
export interface Prepared {
  /** What to send in the place of the value. */
  readonly value: unknown;
  /** What is moved: to a thread, by `postMessage`; to a process, its buffers are detached once they are sent. */
  readonly transfer: Transferable[];
  /** To a process: the big buffers in it, which are sent beside it and not as a part of its bytes. */
  readonly buffers: ArrayBuffer[];
}

/** How a value is sent. */
export interface PrepareOptions {
  /** Where it goes. */
  readonly to: Destination;
  /**
   * What of it is moved.
   *
   * @default []
   */
  readonly wanted?: readonly Transferable[];
  /**
   * What is sent in the same message. A value that has objects in common with another is cloned now.
   *
   * @default undefined
   */
  readonly owners?: ObjectOwners;
  /** Makes the error for what can't be sent. */
  readonly explain: (refusal: Refusal) => Error;
}

/** Buffers from this size are not copied twice, in bytes. Below, it takes no longer to do so. */
const BIG = 256 * 1024;

/** How many objects a value may consist of for its big buffers to be replaced on the way to a thread. */
const MOST_OBJECTS = 1000;

/**
 * Makes a value ready to be sent. To a thread, what is moved is moved now: it has to be sent next.
 *
 * @param value Any value.
 * @param options Where it goes, and what is moved.
 * @returns What to send.
 * @throws What `explain` makes, if something can't be sent.
 */
export function prepareClone(
  value: unknown,
  { to, wanted = [], owners, explain }: PrepareOptions,
): Prepared {
  owners?.next();
  const big = new Set<ArrayBuffer>();
  const [moved, views] = wanted.length > 0
    ? [new Set<unknown>(wanted), new Map<ArrayBufferView, ViewPlace>()]
    : [];
  const mostObjects = to === "thread" ? MOST_OBJECTS : Infinity;
  const claim = owners?.claim;
  const options = { to, buffers: big, leastBytes: BIG, mostObjects, moved, views, claim };
  const refusal = explainRefusal(value, options);
  if (refusal) throw explain(refusal);
  // A user's function may choose what is not in the value.
  const transfer = wanted.filter((item) => !(item instanceof ArrayBuffer && item.detached));
  // Those that can be resized are left to the engine, which keeps that.
  const fixed = [...big].filter((buffer) => !buffer.resizable);
  if (to === "thread") {
    const prepared = replace(value, { transfer, big: fixed, views });
    return owners?.shares ? cloneNow(prepared) : prepared;
  }
  const parts = { value, transfer: [], buffers: fixed };
  return {
    ...owners?.shares ? cloneNow(parts) : parts,
    transfer: transfer.filter((item) => item instanceof ArrayBuffer),
  };
}

/**
 * Clones what was made ready to be sent to a thread, so that nothing changes it before it is.
 *
 * @param prepared What was made ready. What is to be moved is moved, and it is not to be used any more.
 * @returns The same as a copy that nobody else has.
 * @throws {DOMException} If something can't be cloned after all: a getter may return something else each time.
 */
export function cloneNow(prepared: Prepared): Prepared {
  if (prepared.transfer.length === 0 && prepared.buffers.length === 0) {
    const value = copySmall(prepared.value);
    if (value !== undefined) return { value, transfer: [], buffers: [] };
  }
  return structuredClone(prepared, { transfer: prepared.transfer });
}

/**
 * Finds what can't be sent in a value. What throws when it is read is found too.
 *
 * @param value Any value.
 * @param options Where it goes, what is moved, and what to gather.
 * @returns What was found first; `undefined` if all of it can be sent.
 */
export function explainRefusal(value: unknown, options: WalkOptions): Refusal | undefined {
  try {
    return findRefusal(value, options);
  } catch {
    return findByTrial(value);
  }
}

/** Puts buffers that nobody else has in the place of what is moved and of big buffers, and moves those. */
function replace(
  value: unknown,
  { transfer: wanted, big, views }: {
    readonly transfer: readonly Transferable[];
    readonly big: readonly ArrayBuffer[];
    readonly views: ReadonlyMap<ArrayBufferView, ViewPlace> | undefined;
  },
): Prepared {
  const replacements = new Map<ArrayBuffer, ArrayBuffer>();
  const transfer: Transferable[] = [];
  for (const item of wanted) {
    if (item instanceof ArrayBuffer && !item.resizable) replacements.set(item, moveBuffer(item));
    else transfer.push(item);
  }
  for (const buffer of big) {
    if (!replacements.has(buffer)) replacements.set(buffer, buffer.slice(0));
  }
  if (replacements.size === 0) return { value, transfer, buffers: [] };
  transfer.push(...replacements.values());
  return { value: replaceBuffers(value, replacements, views), transfer, buffers: [] };
}
