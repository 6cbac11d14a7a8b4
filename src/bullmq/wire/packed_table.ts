/**
 * Tables of frames as bytes: the fields as JSON, then the numbers, the payloads and the buffers as they are. The engine
 * takes many times as long to write a short table as a structured clone.
 *
 * @module
 */

import type { FrameTable } from "./frame_table.ts";
import { isJsonChanged, readPlain, writePlain } from "../../relay/plain_text.ts";
import { packBytes, packPayload, type PayloadLimit, readClone, unpackBytes } from "./payload.ts";
import { listOf, object, plainObject, whole } from "./shape.ts";

/** What it begins with; neither a structured clone nor JSON does. */
const TABLE_MARK = 1;

/** The mark, and how many bytes the fields take (4 bytes, the lowest first). */
const START = 5;

/** Of a table as it is written, how many of each there are. */
const SIZES = object<{ heads: number; payloads: number; buffers: readonly number[] }>({
  heads: whole(),
  payloads: whole(),
  buffers: listOf(whole()),
});

const encoder = new TextEncoder();

/**
 * Writes a table.
 *
 * @param table The table. What it has besides is text, yes or no, whole numbers, and objects of these.
 * @param options How long it may be.
 * @returns What {@linkcode unpackTable} reads.
 * @throws {PayloadTooLongError} If it is longer than allowed.
 */
export function packTable(
  table: FrameTable,
  options: Partial<PayloadLimit> = {},
): Uint8Array<ArrayBuffer> {
  if (isJsonChanged()) return packPayload(table, options);
  const { heads, payloads, buffers, ...fields } = table;
  const sizes = {
    heads: heads.length,
    payloads: payloads.length,
    buffers: buffers.map(({ byteLength }) => byteLength),
  };
  const head = encoder.encode(writePlain({ ...fields, ...sizes }));
  const parts = [
    head,
    new Uint8Array(heads.buffer, heads.byteOffset, heads.byteLength),
    payloads,
    ...buffers.map((buffer) => new Uint8Array(buffer)),
  ];
  const content = new Uint8Array(parts.reduce((sum, { length }) => sum + length, START));
  content[0] = TABLE_MARK;
  new DataView(content.buffer).setUint32(1, head.length, true);
  let end = START;
  for (const part of parts) {
    content.set(part, end);
    end += part.length;
  }
  return packBytes(content, options);
}

/**
 * Reads a table that anybody may have written; or another value that was packed, which is then none.
 *
 * @param bytes What {@linkcode packTable} made.
 * @param options How long it may be.
 * @returns What may be a table; its fields are not looked at.
 * @throws {ShapeError} If it says of a part how long it is, and that is no number.
 * @throws {TypeError} If the bytes are nothing that was packed.
 * @throws {PayloadTooLongError} If they are too long.
 */
export function unpackTable(bytes: Uint8Array, options: PayloadLimit): unknown {
  const content = unpackBytes(bytes, options);
  return content[0] === TABLE_MARK ? readTable(content) : readClone(content);
}

function readTable(content: Uint8Array): unknown {
  const rest = new Rest(content);
  const fields = readFields(rest);
  const sizes = SIZES(fields);
  const heads = rest.take(sizes.heads * Uint32Array.BYTES_PER_ELEMENT).slice();
  const table = {
    ...fields,
    heads: new Uint32Array(heads.buffer),
    payloads: rest.take(sizes.payloads),
    buffers: sizes.buffers.map((length) => rest.take(length).slice().buffer),
  };
  if (rest.length > 0) throw cut();
  return table;
}

function readFields(rest: Rest): Readonly<Record<string, unknown>> {
  const start = rest.take(START);
  const length = new DataView(start.buffer, start.byteOffset).getUint32(1, true);
  const fields = rest.take(length);
  try {
    return plainObject(readPlain(fields));
  } catch (cause) {
    throw new TypeError(CUT, { cause });
  }
}

/** Bytes that are taken one part after the other. */
class Rest {
  readonly #bytes: Uint8Array;
  #from = 0;

  /**
   * Begins with all.
   *
   * @param bytes The bytes.
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many are left. */
  get length(): number {
    return this.#bytes.length - this.#from;
  }

  /** The next ones. */
  take(count: number): Uint8Array {
    if (count > this.length) throw cut();
    return this.#bytes.subarray(this.#from, this.#from += count);
  }
}

const CUT = "Cannot read bytes as a table of frames: they were changed or cut on their way";

function cut(): TypeError {
  return new TypeError(CUT);
}
