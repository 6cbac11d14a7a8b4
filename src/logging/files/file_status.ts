/**
 * What a path leads to, if to anything.
 *
 * @module
 */

/**
 * Whether a path names anything: a file, a folder, or a link even if it leads nowhere.
 *
 * @param path The path.
 * @returns Whether the name is taken.
 * @throws {Error} If it may not be read.
 */
export function isThere(path: string): boolean {
  return unlessMissing(() => Deno.lstatSync(path)) !== undefined;
}

/**
 * What a path leads to; links are followed.
 *
 * @param path The path.
 * @returns Its size, times and the like; `undefined` if there is nothing.
 * @throws {Error} If it may not be read.
 */
export function statIfThere(path: string): Deno.FileInfo | undefined {
  return unlessMissing(() => Deno.statSync(path));
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
