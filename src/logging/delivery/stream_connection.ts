/**
 * A connection that is opened when there is something to send, and again after it was lost.
 *
 * @module
 */

import { SendError } from "./delivery_error.ts";

/** How many bytes are handed to the system at once, unless one frame is longer. */
const CHUNK_LENGTH = 64 * 1024;

/** After such a pause, in milliseconds, the peer may have closed without our having read it. */
const IDLE_TIME = 50;

/**
 * Sends frames over a stream, each whole.
 *
 * What is certain: a frame of which the system did not take every byte is sent again on the next
 * connection. What is not: bytes that the system took may be on their way when the peer dies, and
 * TCP does not tell. To keep that loss small, the connection is read all the time, so that a peer
 * which closes is noticed before the next frame.
 */
export class StreamConnection {
  readonly #open: (signal: AbortSignal) => Promise<Deno.Conn<Deno.Addr>>;
  #conn: Deno.Conn<Deno.Addr> | undefined;
  #reading: Promise<void> | undefined;
  #lastUsed = 0;

  /**
   * Makes a connection; it is not opened yet.
   *
   * @param open Connects to the peer.
   */
  constructor(open: (signal: AbortSignal) => Promise<Deno.Conn<Deno.Addr>>) {
    this.#open = open;
  }

  /**
   * Sends frames, opening the connection first if there is none.
   *
   * @param frames The frames.
   * @param signal Ends the attempt; the connection is closed then.
   * @throws {SendError} If only some were sent.
   * @throws {Error} If the connection can't be opened.
   */
  async send(frames: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const conn = await this.#connected(signal);
    const onAbort = () => this.#drop(conn);
    signal.addEventListener("abort", onAbort);
    let delivered = 0;
    try {
      signal.throwIfAborted();
      for (const chunk of chunksOf(frames)) {
        const written = await this.#write(conn, chunk.bytes);
        delivered += chunk.ends.filter((end) => end <= written.length).length;
        if (written.error) throw written.error.cause;
      }
    } catch (cause) {
      this.#drop(conn);
      const reason = signal.aborted ? signal.reason : cause;
      throw new SendError(`the connection was lost: ${messageOf(reason)}`, { delivered, cause });
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#lastUsed = performance.now();
    }
  }

  /** Tells the peer that nothing more comes, and closes the connection. */
  async disconnect(): Promise<void> {
    const conn = this.#conn;
    try {
      await conn?.closeWrite();
    } catch {
      // The peer was faster; nothing was on its way any more that we know of.
    }
    if (conn) this.#drop(conn);
    await this.#reading;
  }

  async #connected(signal: AbortSignal): Promise<Deno.Conn<Deno.Addr>> {
    if (this.#conn && performance.now() - this.#lastUsed > IDLE_TIME) {
      await new Promise((resolve) => setTimeout(resolve)); // Lets a closing that has come be read.
    }
    if (this.#conn) return this.#conn;
    const conn = await this.#open(signal);
    conn.unref(); // It must not keep the program alive by being read; writing does.
    this.#conn = conn;
    this.#reading = this.#readToEnd(conn);
    return conn;
  }

  /** Nothing is expected from the peer but its end. */
  async #readToEnd(conn: Deno.Conn<Deno.Addr>): Promise<void> {
    const buffer = new Uint8Array(1024);
    try {
      while (await conn.read(buffer) !== null);
    } catch {
      // Reset by the peer, or closed by ourselves: either way it is over.
    }
    this.#drop(conn);
  }

  /** Writes as much as can be; the caller needs to know how much that was. */
  async #write(
    conn: Deno.Conn<Deno.Addr>,
    bytes: Uint8Array,
  ): Promise<{ length: number; error?: { cause: unknown } }> {
    let length = 0;
    try {
      while (length < bytes.length) length += await conn.write(bytes.subarray(length));
      return { length };
    } catch (cause) {
      return { length, error: { cause } };
    }
  }

  #drop(conn: Deno.Conn<Deno.Addr>): void {
    if (this.#conn !== conn) return;
    this.#conn = undefined;
    conn.close();
  }
}

/** Joins short frames, so that many cost one write. `ends` are the places where frames end. */
function* chunksOf(
  frames: readonly Uint8Array[],
): Generator<{ bytes: Uint8Array; ends: readonly number[] }> {
  let start = 0;
  while (start < frames.length) {
    const ends: number[] = [];
    let length = 0;
    for (const frame of frames.slice(start)) {
      if (length > 0 && length + frame.length > CHUNK_LENGTH) break;
      length += frame.length;
      ends.push(length);
    }
    const bytes = new Uint8Array(length);
    for (const [index, end] of ends.entries()) {
      const frame = frames[start + index];
      if (frame) bytes.set(frame, end - frame.length);
    }
    start += ends.length;
    yield { bytes, ends };
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
