/**
 * The frames of a pipe between a process and its child: the length of the payload (4 bytes, the lowest
 * first), one byte for the kind, the payload.
 *
 * @module
 */

/** What a frame may hold. The byte that stands for a kind is its place in this list. */
export const FRAME_KINDS = [
  /** A record, as the record codec writes it. */
  "record",
  /** A message, as {@linkcode encodeClone} writes it. */
  "message",
  /** How many more records the handlers of the writer's own tasks took, refused and lost. */
  "counts",
] as const;

/** What a frame holds. */
export type FrameKind = typeof FRAME_KINDS[number];

/** One frame. */
export interface Frame {
  /** What it holds. */
  readonly kind: FrameKind;
  /** The bytes of it; they are the reader's own only until the next chunk is read. */
  readonly payload: Uint8Array;
}

/** How many bytes come before the payload. */
export const HEADER_BYTES = 5;

/** The longest payload, in bytes: 1 GiB. What claims to be longer is no frame of ours. */
export const MOST_PAYLOAD_BYTES = 2 ** 30;

/**
 * Writes the header of a frame.
 *
 * @param target Where to, from its start.
 * @param kind What the frame holds.
 * @param length How many bytes the payload has.
 * @throws {RangeError} If that is too long.
 */
export function writeHeader(target: Uint8Array, kind: FrameKind, length: number): void {
  if (length > MOST_PAYLOAD_BYTES) {
    throw new RangeError(
      `Cannot send ${length} bytes through the pipe of a process: ${MOST_PAYLOAD_BYTES} are allowed ` +
        "at once. Send the data in parts, or write it to a file and send its name",
    );
  }
  new DataView(target.buffer, target.byteOffset).setUint32(0, length, true);
  target[4] = FRAME_KINDS.indexOf(kind);
}

/**
 * Reads the header of a frame.
 *
 * @param bytes At least {@linkcode HEADER_BYTES}.
 * @returns What the frame holds, and how many bytes follow.
 * @throws {TypeError} If it is no header of ours.
 */
export function readHeader(
  bytes: Uint8Array,
): { readonly kind: FrameKind; readonly length: number } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const kind = FRAME_KINDS[bytes[4] ?? -1];
  if (kind && length <= MOST_PAYLOAD_BYTES) return { kind, length };
  throw new TypeError(
    `Cannot read a frame of ${length} bytes and kind ${
      bytes[4]
    }: the pipe holds what paralog did not ` +
      "write. Leave the file descriptors 3 and 4 of a process alone",
  );
}
