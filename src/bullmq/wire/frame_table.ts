/**
 * Frames in one table: the engine takes many times as long for a buffer of its own for each payload.
 *
 * @module
 */

import type { FrameList, SentFrame } from "./messages.ts";
import { bytes, listOf, type Shape, shape, ShapeError, text } from "./shape.ts";

/** What a frame may hold, and the number that stands for it. */
const CODES: Readonly<Record<SentFrame["kind"], number>> = {
  record: 0,
  message: 1,
  counts: 2,
  stdout: 3,
  stderr: 4,
};

/** The cast: nothing else is in there. Each is at the place that its number says. */
const KINDS = Object.keys(CODES) as SentFrame["kind"][];

/** How many numbers each frame has: its kind, its own number, how long it is, and how many buffers it has. */
const COLUMNS = 4;

/** Frames as they are written. */
export interface FrameTable {
  /** Names the delivery. */
  readonly delivery: string;
  /** The name of the worker. */
  readonly worker: string;
  /** The numbers of each frame, one frame after the other. */
  readonly heads: Uint32Array;
  /** The payloads, one after the other. */
  readonly payloads: Uint8Array;
  /** The buffers, one after the other. */
  readonly buffers: readonly ArrayBuffer[];
}

/**
 * Writes frames into a table.
 *
 * @param list The frames.
 */
export function toTable({ delivery, worker, frames }: FrameList): FrameTable {
  const heads = new Uint32Array(frames.length * COLUMNS);
  const payloads = new Uint8Array(frames.reduce((sum, { payload }) => sum + payload.length, 0));
  const buffers: ArrayBuffer[] = [];
  let place = 0;
  let end = 0;
  for (const frame of frames) {
    heads[place++] = CODES[frame.kind];
    heads[place++] = frame.number;
    heads[place++] = frame.payload.length;
    heads[place++] = frame.buffers.length;
    payloads.set(frame.payload, end);
    end += frame.payload.length;
    for (const buffer of frame.buffers) buffers.push(buffer);
  }
  return { delivery, worker, heads, payloads, buffers };
}

/**
 * Reads the frames of a table.
 *
 * @param table The table.
 * @returns The frames. Their payloads share one buffer.
 * @throws {ShapeError} If its parts do not belong together.
 */
export function fromTable({ delivery, worker, heads, payloads, buffers }: FrameTable): FrameList {
  const frames: SentFrame[] = [];
  let end = 0;
  let nextBuffer = 0;
  for (let place = 0; place < heads.length; place += COLUMNS) {
    const [code = 0, number = 0, length = 0, count = 0] = heads.subarray(place, place + COLUMNS);
    const kind = KINDS[code];
    if (!kind) throw new ShapeError(`has a frame of kind ${code}`).within("heads");
    const payload = payloads.subarray(end, end += length);
    frames.push({ kind, number, payload, buffers: buffers.slice(nextBuffer, nextBuffer += count) });
  }
  if (end === payloads.length && nextBuffer === buffers.length) return { delivery, worker, frames };
  throw new ShapeError(
    `tells of ${end} bytes and ${nextBuffer} buffers, there are ${payloads.length} and ` +
      `${buffers.length}`,
  ).within("heads");
}

/** The fields of a table. */
export const TABLE_FIELDS: { readonly [K in keyof FrameTable]: Shape<FrameTable[K]> } = {
  delivery: text,
  worker: text,
  heads: shape(
    `a Uint32Array with ${COLUMNS} numbers for each frame`,
    (value): value is Uint32Array => value instanceof Uint32Array && value.length % COLUMNS === 0,
  ),
  payloads: bytes,
  buffers: listOf(shape("an ArrayBuffer", (value) => value instanceof ArrayBuffer)),
};
