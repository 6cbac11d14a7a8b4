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

/**
 * Whether a log file may be moved away for a new one: what is no regular file, such as a device, may
 * not. As in Python a missing file may, so that one which somebody deleted is made anew.
 *
 * @param path The path; links are followed.
 * @returns Whether it may.
 * @throws {Error} If it may not be read.
 */
export function isRollable(path: string): boolean {
  return statIfThere(path)?.isFile ?? true;
}

function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
