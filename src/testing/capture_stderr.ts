/**
 * What is written to stderr.
 *
 * @module
 */

/**
 * Runs a function and gives what was written to stderr meanwhile, instead of writing it.
 *
 * @param fn What to run.
 * @returns What was written.
 */
export async function captureStderr(fn: () => unknown): Promise<string> {
  const { writeSync } = Deno.stderr;
  const chunks: Uint8Array[] = [];
  Deno.stderr.writeSync = (bytes) => chunks.push(bytes.slice()) && bytes.length;
  try {
    await fn();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).bytes());
}
