/**
 * The form in which values travel that JSON does not have: an object with the single key `$`, which
 * holds a tag and what belongs to it, such as `{"$":["Date",1795244585430]}`.
 *
 * | value | its form |
 * | --- | --- |
 * | text, finite number, boolean, `null`, list, plain object | itself |
 * | plain object with the single key `$` | `["plain", value of $]` |
 * | `undefined` | `["undefined"]` |
 * | `NaN`, `Infinity`, `-Infinity`, `-0` | `["number", "NaN"]` |
 * | BigInt | `["BigInt", "123"]`; a long one in hexadecimal digits |
 * | symbol | `["Symbol", "description"]`: another one that looks the same |
 * | function, class | `["function", "f", "[Function: f]"]`: one that looks the same and does nothing |
 * | Date | `["Date", milliseconds]`; `null` if it is invalid |
 * | RegExp | `["RegExp", source, flags]` |
 * | URL, URLSearchParams | `["URL", text]`, `["URLSearchParams", text]` |
 * | Headers, FormData | `["Headers", [[name, text], …]]`; a file is a text that names it |
 * | text, number, … as an object | `["boxed", value]` |
 * | typed array, ArrayBuffer, SharedArrayBuffer | `["Uint8Array", base64]` |
 * | DataView | `["DataView", buffer, offset, length]` |
 * | Map, Set | `["Map", [[key, value], …]]`, `["Set", [value, …]]` |
 * | list with holes | `["Array", length, [[index, value], …]]` |
 * | error | `["Error", {className, name, base, message, stack}, {cause, errors, …}]` |
 * | field with a getter or a setter | `["get", "get", value]`; "set" or "both" |
 * | instance of a class; what has fields beside what it is | `["as", form or null, looks, fields]` |
 * | what can't be read, and a list with more than 100,000 holes | `["opaque", text, JSON]` |
 * | object that was met before, perhaps around itself | `["ref", number]` |
 *
 * The looks of an object are what the console shows of it and what it is in JSON, where its values do
 * not say that: the name of its class, the text of a class that writes its own (as it stands alone, not
 * shortened within other values), what `toJSON` returned, and fields named by symbols.
 *
 * Lists, objects and functions have numbers from 0, the record itself, in the order in which they begin
 * in the text. Plain values that stand in a record twice may be written twice.
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
