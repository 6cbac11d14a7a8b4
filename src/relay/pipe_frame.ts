/**
 * The frames of a pipe between a process and its child: a mark (4 bytes, always the same), the length of
 * the payload (4 bytes, the lowest first), one byte for the kind, the payload.
 *
 * @module
 */

/** What a frame may hold. The byte that stands for a kind is its place in this list. */
export const FRAME_KINDS = [
  /** A record, as the record codec writes it. */
  "record",
  /** A message, as `decodeClone` reads it. */
  "message",
  /** How many more records the handlers of the writer's own tasks took, refused and lost. */
  "counts",
  /** The bytes of a buffer that belongs to the next frame of another kind. */
  "buffer",
] as const;

/** What the header of a frame may say. */
export type FrameKind = typeof FRAME_KINDS[number];

/** What a frame holds, with the buffers that came before it. */
export type ContentKind = Exclude<FrameKind, "buffer">;

/** What stands before a payload. */
export interface Header {
  /** What the frame holds. */
  readonly kind: FrameKind;
  /** How many bytes the payload has. */
  readonly length: number;
}

/** One frame. */
export interface Frame {
  /** What it holds. */
  readonly kind: ContentKind;
  /** The bytes of it; they are the reader's own only until the next chunk is read. */
  readonly payload: Uint8Array;
  /** The buffers that belong to it; they are for the reader to keep. */
  readonly buffers: readonly ArrayBuffer[];
}

/** What each frame begins with. No text begins so, and it differs from itself when it is shifted. */
const MARK = [0xf7, 0x9b, 0xa4, 0xc6] as const;

/** How many bytes come before the payload. */
export const HEADER_BYTES = MARK.length + 5;

/** The longest payload, in bytes: 1 GiB. What claims to be longer is no frame of ours. */
export const MOST_PAYLOAD_BYTES = 2 ** 30;

/** Below this many bytes, header and payload are written in one go. */
const SHORT = 64 * 1024;

/** What is to be sent is longer than {@linkcode MOST_PAYLOAD_BYTES}. */
export class TooLongError extends RangeError {
  /**
   * Makes the error.
   *
   * @param length How many bytes it has.
   */
  constructor(length: number) {
    super(
      `Cannot send ${length} bytes through the pipe of a process: ${MOST_PAYLOAD_BYTES} are allowed ` +
        "at once. Send the data in parts, or write it to a file and send its name",
    );
  }
}

/**
 * Checks how long a payload is.
 *
 * @param length How many bytes it has.
 * @throws {TooLongError} If that is more than {@linkcode MOST_PAYLOAD_BYTES}.
 */
export function checkLength(length: number): void {
  if (length > MOST_PAYLOAD_BYTES) throw new TooLongError(length);
}

/**
 * Writes the header of a frame.
 *
 * @param target Where to, from its start.
 * @param kind What the frame holds.
 * @param length How many bytes the payload has.
 * @throws {TooLongError} If that is too long.
 */
export function writeHeader(target: Uint8Array, kind: FrameKind, length: number): void {
  checkLength(length);
  target.set(MARK);
  new DataView(target.buffer, target.byteOffset).setUint32(MARK.length, length, true);
  target[HEADER_BYTES - 1] = FRAME_KINDS.indexOf(kind);
}

/**
 * The bytes of a frame and of the buffers that belong to it, in parts: what is long is not copied.
 *
 * @param kind What the frame holds.
 * @param payload Its payload.
 * @param buffers The buffers.
 * @returns What to write, one after the other.
 * @throws {TooLongError} If one of them is too long.
 */
export function framesOf(
  kind: ContentKind,
  payload: Uint8Array,
  buffers: readonly ArrayBuffer[] = [],
): Uint8Array[] {
  return [
    ...buffers.flatMap((buffer) => partsOf("buffer", new Uint8Array(buffer))),
    ...partsOf(kind, payload),
  ];
}

function partsOf(kind: FrameKind, payload: Uint8Array): Uint8Array[] {
  const isShort = payload.length < SHORT;
  const head = new Uint8Array(HEADER_BYTES + (isShort ? payload.length : 0));
  writeHeader(head, kind, payload.length);
  if (!isShort) return [head, payload];
  head.set(payload, HEADER_BYTES);
  return [head];
}

/**
 * Reads the header of a frame.
 *
 * @param bytes At least {@linkcode HEADER_BYTES}.
 * @returns What the frame holds, and how many bytes follow.
 * @throws {TypeError} If it is no header of ours.
 */
export function readHeader(bytes: Uint8Array): Header {
  if (MARK.some((byte, index) => bytes[index] !== byte)) {
    const begin = [...bytes.subarray(0, MARK.length)].map((byte) => hex(byte)).join(" ");
    throw new TypeError(`Cannot read a frame that begins with ${begin}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MARK.length, true);
  const number = bytes[HEADER_BYTES - 1] ?? -1;
  const kind = FRAME_KINDS[number];
  if (kind && length <= MOST_PAYLOAD_BYTES) return { kind, length };
  throw new TypeError(`Cannot read a frame of ${length} bytes and kind ${number}`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
