/**
 * A child process that writes back what it reads: the length of a value, then so many bytes. It
 * reads a value as a whole, as one that wanted to work with it.
 *
 * @module
 */

/** Reads until there is no room left. Returns whether there was so much. */
function fill(bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length;) {
    const read = Deno.stdin.readSync(bytes.subarray(done));
    if (read === null) return false;
    done += read;
  }
  return true;
}

function write(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
}

if (import.meta.main) {
  const head = new Uint32Array(1);
  while (fill(new Uint8Array(head.buffer))) {
    const bytes = new Uint8Array(head[0] ?? 0);
    if (!fill(bytes)) break;
    write(bytes);
  }
}
