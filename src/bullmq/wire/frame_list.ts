/**
 * Lists of frames as bytes: what an entry of a run's stream holds.
 *
 * @module
 */

import { fromTable, TABLE_FIELDS, toTable } from "./frame_table.ts";
import type { FrameList } from "./messages.ts";
import { packTable, unpackTable } from "./packed_table.ts";
import type { PayloadLimit } from "./payload.ts";
import { misfitText, object } from "./shape.ts";

const table = object(TABLE_FIELDS);

/**
 * Writes frames as bytes.
 *
 * @param list The frames.
 * @returns The bytes.
 */
export function packFrames(list: FrameList): Uint8Array<ArrayBuffer> {
  return packTable(toTable(list));
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
export function readFrames(bytes: Uint8Array, options: PayloadLimit): FrameList {
  try {
    return fromTable(table(unpackTable(bytes, options)));
  } catch (error) {
    throw new TypeError(`Cannot read an entry of the stream: ${misfitText(error)}`);
  }
}
