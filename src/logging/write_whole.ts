/**
 * Synchronous writing of whole texts.
 *
 * @module
 */

/** What text is written to: a file, a stream of the process, or any object that takes bytes. */
export interface SyncWriter {
  /**
   * Writes some of the bytes.
   *
   * @param bytes What to write.
   * @returns How many of them were written.
   */
  writeSync(bytes: Uint8Array): number;
}

const encoder = new TextEncoder();

/** How long a stream that is full is waited for, in milliseconds, since it took something last. */
const MOST_WAITED = 1000;
/** How long until it is tried again, in milliseconds. */
const PAUSE = 1;

/** Streams that were full and did not wait for their reader. */
const wereFull = new WeakSet<SyncWriter>();
/** How many bytes a pipe takes as a whole or not at all: `PIPE_BUF` of Linux. */
const PIPE_BUF = 4096;
const NEWLINE = 0x0a;

/**
 * Writes all bytes of a text; one `writeSync` may write only some.
 *
 * @param writer Where to write.
 * @param text What to write.
 * @throws {Error} What the writer throws, and if it takes nothing.
 */
export function writeWhole(writer: SyncWriter, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    const part = wereFull.has(writer) ? atomicPart(bytes) : bytes;
    bytes = bytes.subarray(writeSome(writer, part));
  }
}

/**
 * Writes at least one byte. A full pipe that does not wait for its reader, as some parents make them,
 * is waited for here, up to a second; the thread stands still meanwhile, as it does at other pipes.
 *
 * @param writer Where to write.
 * @param bytes What to write; not empty.
 * @returns How many were written.
 * @throws {Error} What the writer throws, and if it takes nothing: trying on would never end.
 */
export function writeSome(writer: SyncWriter, bytes: Uint8Array): number {
  const count = writeWhenReady(writer, bytes);
  if (count > 0) return count;
  throw new Error(`Cannot write ${bytes.length} bytes: the stream took ${count} of them`);
}

function writeWhenReady(writer: SyncWriter, bytes: Uint8Array): number {
  let since: number | undefined;
  while (true) {
    try {
      return writer.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      wereFull.add(writer);
      since ??= performance.now();
      if (performance.now() - since >= MOST_WAITED) throw error;
      pause();
    }
  }
}

/**
 * What a full pipe takes as a whole or not at all. `Deno.stdout` has a buffer for lines; where a pipe
 * took a part of a text, it throws without telling how much, so that trying again would repeat it.
 * What ends with a newline, or has none and is long, goes past that buffer.
 */
function atomicPart(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= PIPE_BUF && bytes.at(-1) === NEWLINE) return bytes;
  const end = bytes.subarray(0, PIPE_BUF).lastIndexOf(NEWLINE) + 1;
  return bytes.subarray(0, end || PIPE_BUF);
}

function pause(): void {
  // Nobody else knows this memory, so nothing wakes it early.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}
