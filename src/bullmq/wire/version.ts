/**
 * The version of this library, as callers and agents tell it to each other.
 *
 * @module
 */

/** The version in `deno.json`; a test compares the two. */
export const VERSION = "0.1.0";
