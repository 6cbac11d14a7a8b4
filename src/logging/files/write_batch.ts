/**
 * Many records that are handled at once: a file is written once for all of them rather than for each.
 *
 * What waits for the end of the batch is the state of this thread. Nothing waits longer than the
 * synchronous code that handles the records.
 *
 * @module
 */

let depth = 0;
const waiting = new Map<string, () => void>();

/**
 * Runs a function that handles many records, then writes the files for which lines wait.
 *
 * @param handle Handles the records.
 * @returns What that returns.
 */
export function runBatch<T>(handle: () => T): T {
  depth++;
  try {
    return handle();
  } finally {
    if (--depth === 0) writeWaiting();
  }
}

/**
 * Has lines written at the end of the batch that is running, if there is one. Lines of another handler
 * that wait for the same file are written at once, since they come first.
 *
 * @param path The absolute path of the file.
 * @param write Writes the lines, and never throws; the same function for one handler.
 * @returns Whether it will be called.
 */
export function writeAfterBatch(path: string, write: () => void): boolean {
  if (depth === 0) return false;
  const other = waiting.get(path);
  if (other === write) return true;
  waiting.set(path, write);
  other?.();
  return true;
}

/** Writes the files for which lines wait, whatever goes on: the program may end. */
export function writeWaiting(): void {
  const writes = [...waiting.values()];
  waiting.clear();
  for (const write of writes) write();
}
