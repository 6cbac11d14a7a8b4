/**
 * Whether `@std/log` is what jsr.io has, or a copy that was compiled for older JavaScript: with those,
 * a `#private` field is an entry of a `WeakMap`, which takes time.
 *
 * @module
 */

import { Logger } from "@std/log";

/**
 * Looks at the code of `@std/log`.
 *
 * @returns What to tell of it, if it was compiled so.
 */
export function findOldCopy(): { readonly fault?: string } {
  if (!String(Logger).includes("__classPrivateField")) return {};
  return { fault: "this copy of @std/log was compiled for older JavaScript: jsr.io's is faster" };
}
