/**
 * Synchronous writing of whole texts.
 *
 * @module
 */

/** What text is written to: a file, or a stream of the process. */
export interface SyncWriter {
  /** Writes some of the bytes; returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/**
 * Writes all bytes of a text; one `writeSync` may write only some.
 *
 * @param writer Where to write.
 * @param text What to write.
 */
export function writeWhole(writer: SyncWriter, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(writer.writeSync(bytes));
}
