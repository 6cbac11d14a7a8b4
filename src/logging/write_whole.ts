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

/**
 * Writes all bytes of a text; one `writeSync` may write only some.
 *
 * @param writer Where to write.
 * @param text What to write.
 * @throws {Error} What the writer throws, and if it takes nothing.
 */
export function writeWhole(writer: SyncWriter, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSome(writer, bytes));
}

/**
 * Writes at least one byte.
 *
 * @param writer Where to write.
 * @param bytes What to write; not empty.
 * @returns How many were written.
 * @throws {Error} What the writer throws, and if it takes nothing: trying on would never end.
 */
export function writeSome(writer: SyncWriter, bytes: Uint8Array): number {
  const count = writer.writeSync(bytes);
  if (count > 0) return count;
  throw new Error(`Cannot write ${bytes.length} bytes: the stream took ${count} of them`);
}
