/**
 * Structured clones as bytes, for where there is no `postMessage`: between processes.
 *
 * @module
 */

import { Deserializer, Serializer } from "node:v8";
import { findRefusal } from "./clone_walk.ts";
import { checkLength } from "./pipe_frame.ts";
import { readPlain } from "./plain_text.ts";
import { moveBuffer } from "./replace_buffers.ts";

/** What a clone begins with, and JSON never does; the version of its format follows. */
export const CLONE_MARK = 0xff;

/**
 * Writes a value as bytes. What the engine would write as an empty object is for `findRefusal` to find.
 *
 * @param value What `structuredClone` takes, except for what lives in one process only: shared memory,
 * blobs, keys, compiled WebAssembly, a `DOMException`.
 * @param buffers Buffers in it whose bytes are left out: they are sent beside it.
 * @returns The bytes.
 * @throws {Error} If the value can't be written.
 * @throws {TooLongError} If it, or a buffer, is too long for a pipe.
 */
export function encodeClone(value: unknown, buffers: readonly ArrayBuffer[] = []): Uint8Array {
  const serializer = new Serializer();
  serializer.writeHeader();
  for (const [index, buffer] of buffers.entries()) {
    checkLength(buffer.byteLength);
    serializer.transferArrayBuffer(index, buffer);
  }
  serializer.writeValue(value);
  const bytes = serializer.releaseBuffer();
  checkLength(bytes.length);
  return bytes;
}

/**
 * Makes a value of its bytes.
 *
 * @param bytes What {@linkcode encodeClone} wrote; or JSON, of what `isPlain` allows.
 * @param buffers The buffers whose bytes were left out, in the same order. They become part of the value.
 * @returns A copy of what it was given.
 * @throws {Error} If the bytes are something else.
 */
export function decodeClone(bytes: Uint8Array, buffers: readonly ArrayBuffer[] = []): unknown {
  if (bytes[0] !== CLONE_MARK) return readPlain(bytes);
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  for (const [index, buffer] of buffers.entries()) deserializer.transferArrayBuffer(index, buffer);
  return deserializer.readValue();
}

/**
 * Whether a value can leave its process.
 *
 * @param value Any value.
 */
export function isEncodable(value: unknown): boolean {
  try {
    if (findRefusal(value, { to: "process" })) return false;
    encodeClone(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes over buffers that are sent beside a value, so that they can be written at any time: those that are
 * moved as they are, others as copies. Afterwards, all that is moved is detached.
 *
 * @param buffers What is sent beside the value, which was encoded already.
 * @param moved What is moved and not copied.
 * @returns The buffers to write, in the same order.
 */
export function takeBuffers(
  buffers: readonly ArrayBuffer[],
  moved: readonly Transferable[],
): ArrayBuffer[] {
  const isMoved = new Set<unknown>(moved);
  const taken = buffers.map((buffer) => isMoved.has(buffer) ? moveBuffer(buffer) : buffer.slice(0));
  detachBuffers(moved);
  return taken;
}

/**
 * Detaches buffers that were moved to another process, where their bytes are by now, as those are that
 * were moved to a thread.
 *
 * @param moved What was moved. What can't be, stays as it is.
 */
export function detachBuffers(moved: readonly Transferable[]): void {
  for (const item of moved) {
    if (item instanceof ArrayBuffer && !item.detached) moveBuffer(item);
  }
}
