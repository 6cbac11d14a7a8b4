/**
 * Lists of frames as bytes: what an entry of a run's stream holds.
 *
 * @module
 */

import { fromTable, TABLE_FIELDS, toTable } from "./frame_table.ts";
import type { FrameList } from "./messages.ts";
import { packPayload, type PayloadLimit, unpackPayload } from "./payload.ts";
import { misfitText, object } from "./shape.ts";

const table = object(TABLE_FIELDS);

/**
 * Writes frames as bytes. Their payloads are taken before this returns.
 *
 * @param list The frames.
 * @returns The bytes.
 */
export function packFrames(list: FrameList): Promise<Uint8Array<ArrayBuffer>> {
  return packPayload(toTable(list));
}

/**
 * Reads frames that anybody may have written.
 *
 * @param bytes What {@linkcode packFrames} made.
 * @param options How long they may be.
 * @returns The frames. Their payloads share one buffer.
 * @throws {TypeError} If it is something else.
 * @throws {PayloadTooLongError} If they are too long.
 */
export async function readFrames(bytes: Uint8Array, options: PayloadLimit): Promise<FrameList> {
  const value = await unpackPayload(bytes, options);
  try {
    return fromTable(table(value));
  } catch (error) {
    throw new TypeError(`Cannot read an entry of the stream: ${misfitText(error)}`);
  }
}
