/**
 * What a process prints, up to marks that it prints itself: its pipes have no common order, and so it is known that
 * all is read that was printed before.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** A piece of what was printed. */
export interface OutputPiece {
  /** What it holds but for marks; it is lent. */
  readonly bytes: Uint8Array;
  /** How many marks there were. */
  readonly marks: number;
}

/** Takes marks out of one stream. */
export class MarkedOutput {
  readonly #mark: Buffer;
  /** The end of what has come, if it may be the beginning of a mark. */
  #held: Buffer = Buffer.alloc(0);

  /**
   * Begins with nothing.
   *
   * @param mark What marks look like.
   */
  constructor(mark: string) {
    this.#mark = Buffer.from(mark);
  }

  /**
   * Takes a chunk, which may be cut anywhere.
   *
   * @param chunk What has come.
   */
  take(chunk: Uint8Array): OutputPiece {
    const all = this.#held.length > 0
      ? Buffer.concat([this.#held, chunk])
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const parts: Uint8Array[] = [];
    let at = 0;
    let marks = 0;
    for (let found = all.indexOf(this.#mark); found >= 0; found = all.indexOf(this.#mark, at)) {
      parts.push(all.subarray(at, found));
      at = found + this.#mark.length;
      marks++;
    }
    const end = all.length - this.#begunAtEnd(all.subarray(at));
    parts.push(all.subarray(at, end));
    this.#held = Buffer.from(all.subarray(end)); // The chunk is lent.
    return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), marks };
  }

  /** What is held, when nothing more comes: it was no mark. */
  rest(): Uint8Array {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }

  /** How many bytes at the end are the beginning of a mark. */
  #begunAtEnd(bytes: Buffer): number {
    for (let count = Math.min(this.#mark.length - 1, bytes.length); count > 0; count--) {
      if (bytes.subarray(bytes.length - count).equals(this.#mark.subarray(0, count))) return count;
    }
    return 0;
  }
}
