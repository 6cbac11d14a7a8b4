/**
 * Reading frames from a pipe, whose bytes come in chunks that are cut anywhere.
 *
 * @module
 */

import { type Frame, type FrameKind, HEADER_BYTES, readHeader } from "./pipe_frame.ts";

/** Puts frames together. Each byte is copied at most once. */
export class PipeReader {
  /** Chunks that are not used up; those before `#next` are. */
  #chunks: Uint8Array[] = [];
  #next = 0;
  /** How many bytes of the chunk at `#next` are used up. */
  #used = 0;
  /** How many bytes there are. */
  #length = 0;
  /** The header of the frame that is not yet complete. */
  #header: { readonly kind: FrameKind; readonly length: number } | undefined;

  /**
   * Takes a chunk.
   *
   * @param chunk Some bytes; they are not changed and must not change until they are used up.
   * @returns The frames that are complete now. All of them have to be taken before the next chunk.
   * @throws {TypeError} If the bytes are no frames of ours.
   */
  *read(chunk: Uint8Array): Generator<Frame, void> {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (true) {
      if (!this.#header && this.#length < HEADER_BYTES) return;
      this.#header ??= readHeader(this.#take(HEADER_BYTES));
      const { kind, length } = this.#header;
      if (this.#length < length) return;
      this.#header = undefined;
      yield { kind, payload: this.#take(length) };
    }
  }

  /** Takes bytes that are there: a part of one chunk, or copied from several. */
  #take(count: number): Uint8Array {
    const first = this.#chunks[this.#next];
    if (first && first.length - this.#used >= count) return this.#part(first, count);
    const whole = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      const chunk = this.#chunks[this.#next];
      if (!chunk) throw new Error(`Cannot take ${count} bytes: ${filled} are there`);
      const part = this.#part(chunk, Math.min(count - filled, chunk.length - this.#used));
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  #part(chunk: Uint8Array, count: number): Uint8Array {
    const part = chunk.subarray(this.#used, this.#used + count);
    this.#used += count;
    this.#length -= count;
    if (this.#used < chunk.length) return part;
    this.#used = 0;
    this.#next++;
    if (this.#length > 0) return part;
    this.#chunks = [];
    this.#next = 0;
    return part;
  }
}
