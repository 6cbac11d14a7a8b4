/**
 * The form in which values travel that JSON does not have: an object with the single key `$`, which
 * holds a list of a tag and what belongs to it.
 *
 * | value | its form |
 * | --- | --- |
 * | text, finite number, boolean, `null`, list, plain object | itself |
 * | plain object with the single key `$` | `["plain", value of $]` |
 * | `undefined` | `["undefined"]` |
 * | `NaN`, `Infinity`, `-Infinity`, `-0` | `["number", "NaN"]` |
 * | BigInt | `["BigInt", "123"]`; a long one in hexadecimal digits |
 * | symbol | `["Symbol", "description"]`; another symbol that looks the same |
 * | function, class | `["function", "f", "[Function: f]"]`; one that does nothing and looks the same |
 * | Date | `["Date", milliseconds]`; `null` for an invalid one |
 * | RegExp | `["RegExp", source, flags]` |
 * | URL, URLSearchParams | `["URL", text]`, `["URLSearchParams", text]` |
 * | Headers, FormData | `["Headers", [[name, text], …]]`; a file is its text |
 * | boxed text, number, … | `["boxed", value]` |
 * | ArrayBuffer, SharedArrayBuffer, typed array | `["Uint8Array", base64]` |
 * | DataView | `["DataView", buffer, offset, length]` |
 * | Map, Set | `["Map", [[key, value], …]]`, `["Set", [value, …]]` |
 * | list with holes or fields | `["Array", length, {index or name: value}]` |
 * | error | `["Error", {className, name, …}, {cause, errors, …}, fields]` |
 * | property with a getter or setter | `["get", "get" or "set" or "both", value]` |
 * | instance of a class, any of the above with fields of its own | `["as", looks, fields, the above]` |
 * | what can't be read, such as a revoked Proxy | `["opaque", text, JSON]`; a stand-in that looks the same |
 * | what was met before in the record, also around itself | `["ref", number]` |
 *
 * The looks of an object are what the console shows of it and what JSON makes of it: the name of its
 * class, its text if the class writes one, what its `toJSON` returned, and fields named by symbols.
 *
 * Arrays, objects and functions are numbered from 0 (the record itself) in the order in which they
 * begin in the text.
 *
 * @module
 */

/** A value as JSON has it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** An object as JSON has it. */
export interface JsonObject {
  [key: string]: Json;
}

/** How a tag begins in a text that {@linkcode encodeRecord} made; JSON never has it within a string. */
export const TAG_BEGINS = '{"$":';

/** Classes of bytes, by name. */
export const TYPED_ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/** How deep values are followed; what lies deeper is cut. The same as when they are written as JSON. */
export const MAX_DEPTH = 64;

/** How many holes the lists of a record may have in all: whoever reads a list has to pass them. */
export const MAX_HOLES = 100_000;

/** What an object looks like beyond its values. */
export interface Looks {
  /** The name of its class; `null` if it has no prototype. */
  readonly class?: string | null;
  /** What the console shows, where its class decides that. */
  readonly text?: string;
  /** What its `toJSON` returned. */
  readonly json?: Json;
  /** Fields that are named by symbols: pairs of description and value. */
  readonly symbols?: Json;
}

/**
 * Makes a tagged value.
 *
 * @param name The tag.
 * @param parts What belongs to it.
 * @returns The form of the value.
 */
export function tagged(name: string, ...parts: Json[]): JsonObject {
  return { $: [name, ...parts] };
}
