/**
 * Writing frames into a pipe, synchronously and whole: what was written can be read even if the process
 * is killed right afterwards.
 *
 * @module
 */

import { writeSync } from "node:fs";
import type { SyncWriter } from "../logging/write_whole.ts";
import { type ContentKind, framesOf, HEADER_BYTES, writeHeader } from "./pipe_frame.ts";

/** The longest text that is written in one go, in characters; each takes up to 3 bytes. */
const SHORT_TEXT = 16 * 1024;

/** How long until a full pipe that does not wait is tried again, in milliseconds. */
const PAUSE = 1;

const encoder = new TextEncoder();

/**
 * A file descriptor as something to write to.
 *
 * @param fd The number of the descriptor.
 */
export function descriptorWriter(fd: number): SyncWriter {
  return { writeSync: (bytes) => writeSync(fd, bytes) };
}

/** Writes frames. Never throws because of the pipe: a reader that is gone is no fault of the writer. */
export class PipeWriter {
  readonly #pipe: SyncWriter;
  readonly #onBroken: () => void;
  readonly #scratch = new Uint8Array(HEADER_BYTES + SHORT_TEXT * 3);
  #isBroken = false;

  /**
   * Makes the writer.
   *
   * @param pipe What to write to. While it is full, the thread stands still.
   * @param onBroken Is called once, when the pipe is found broken.
   */
  constructor(pipe: SyncWriter, onBroken: () => void = () => {}) {
    this.#pipe = pipe;
    this.#onBroken = onBroken;
  }

  /**
   * Writes a frame.
   *
   * @param kind What it holds.
   * @param payload Its bytes, or its text.
   * @param buffers The buffers that belong to it. They are written straight from their memory.
   * @returns Whether it was written; `false` from when the pipe is broken.
   * @throws {TooLongError} If something is too long for a frame; nothing is written then.
   */
  write(
    kind: ContentKind,
    payload: Uint8Array | string,
    buffers: readonly ArrayBuffer[] = [],
  ): boolean {
    if (typeof payload !== "string") return this.#writeParts(framesOf(kind, payload, buffers));
    if (payload.length > SHORT_TEXT || buffers.length > 0) {
      return this.#writeParts(framesOf(kind, encoder.encode(payload), buffers));
    }
    const { written } = encoder.encodeInto(payload, this.#scratch.subarray(HEADER_BYTES));
    writeHeader(this.#scratch, kind, written);
    return this.#writeAll(this.#scratch.subarray(0, HEADER_BYTES + written));
  }

  /** A reader discards a frame whose end is missing, so it needs not go in one go. */
  #writeParts(parts: readonly Uint8Array[]): boolean {
    return parts.every((part) => this.#writeAll(part));
  }

  #writeAll(bytes: Uint8Array): boolean {
    for (let done = 0; done < bytes.length && !this.#isBroken;) {
      done += this.#writeSome(bytes.subarray(done));
    }
    return !this.#isBroken;
  }

  #writeSome(bytes: Uint8Array): number {
    try {
      return this.#pipe.writeSync(bytes);
    } catch (error) {
      // The caller is gone, or the task has closed the pipe: nobody reads what comes from now on.
      if (isFull(error)) pause();
      else this.#break();
      return 0;
    }
  }

  #break(): void {
    this.#isBroken = true;
    this.#onBroken();
  }
}

/** Whether a pipe that does not wait for its reader has no room now. */
function isFull(error: unknown): boolean {
  return error instanceof Deno.errors.WouldBlock ||
    error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function pause(): void {
  // Nobody else knows this memory, so nothing wakes it early.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}
