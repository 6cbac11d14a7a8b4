/**
 * Reading frames from a pipe, whose bytes come in chunks that are cut anywhere.
 *
 * @module
 */

import { type Frame, type FrameKind, type Header, HEADER_BYTES, readHeader } from "./pipe_frame.ts";

/** What most frames come without. */
const NONE: readonly ArrayBuffer[] = [];

/** Puts frames together. Each byte is copied at most once, to where it stays. */
export class PipeReader {
  /** What of a header has come that is not yet complete. */
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerLength = 0;
  /** The frame of which some bytes have come. */
  #partial: PartialFrame | undefined;
  /** The buffers that belong to the next frame. */
  #buffers: readonly ArrayBuffer[] = NONE;

  /**
   * Takes a chunk.
   *
   * @param chunk Some bytes; they are not changed, and are not used any more once all frames are taken.
   * @returns The frames that are complete now. All of them have to be taken.
   * @throws {TypeError} If the bytes are no frames of ours.
   */
  *read(chunk: Uint8Array): Generator<Frame, void> {
    let rest = chunk as Uint8Array<ArrayBuffer>; // What comes from a pipe is no shared memory.
    while (true) {
      if (!this.#partial) {
        rest = this.#readHeader(rest);
        if (this.#headerLength < HEADER_BYTES) return;
        this.#headerLength = 0;
        this.#partial = new PartialFrame(readHeader(this.#header), rest);
      }
      const partial = this.#partial;
      rest = partial.add(rest);
      if (!partial.isWhole) return;
      this.#partial = undefined;
      const frame = this.#finish(partial);
      if (frame) yield frame;
    }
  }

  #readHeader(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const part = chunk.subarray(0, HEADER_BYTES - this.#headerLength);
    this.#header.set(part, this.#headerLength);
    this.#headerLength += part.length;
    return chunk.subarray(part.length);
  }

  #finish({ kind, payload }: PartialFrame): Frame | undefined {
    if (kind === "buffer") {
      this.#buffers = [...this.#buffers, payload.buffer];
      return undefined;
    }
    const buffers = this.#buffers;
    this.#buffers = NONE;
    return { kind, payload, buffers };
  }
}

/** A frame whose header is known. */
class PartialFrame {
  readonly kind: FrameKind;
  /** Its bytes, as far as they have come. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Whether all bytes were there, and are left where they are. Not those of a buffer: that is kept. */
  readonly #isLent: boolean;
  #filled = 0;

  constructor({ kind, length }: Header, chunk: Uint8Array<ArrayBuffer>) {
    this.kind = kind;
    this.#isLent = kind !== "buffer" && chunk.length >= length;
    this.payload = this.#isLent ? chunk.subarray(0, length) : new Uint8Array(length);
  }

  get isWhole(): boolean {
    return this.#filled === this.payload.length;
  }

  /** Adds what belongs to it of a chunk, and returns the rest. */
  add(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const part = chunk.subarray(0, this.payload.length - this.#filled);
    if (!this.#isLent) this.payload.set(part, this.#filled);
    this.#filled += part.length;
    return chunk.subarray(part.length);
  }
}
