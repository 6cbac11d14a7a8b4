/**
 * The forms of objects of the language and of the web: see the table in `tags.ts`.
 *
 * @module
 */

import { serializeError } from "../errors.ts";
import { inspect } from "../text/inspect.ts";
import { type Json, type JsonObject, MAX_HOLES, tagged } from "./tags.ts";

/** What writes the parts of an object. */
export interface PartsWriter {
  /** Writes a value that belongs to the object. */
  write(value: unknown): Json;
  /** Writes all values of a collection; a text in place of those that are too many. */
  writeAll<T>(values: Iterable<T>, size: number, write: (value: T | string) => Json): Json[];
  /** Writes a text, which is cut if it is too long. */
  text(text: string): string;
  /** Whether there is room for so many characters that can't be cut. */
  fits(length: number): boolean;
}

/** Holes are left out; those of a list that has too many are for nobody to read. */
export function encodeList(list: readonly unknown[], { write, writeAll }: PartsWriter): Json {
  let holes = 0;
  for (let index = 0; index < list.length && holes <= MAX_HOLES; index++) {
    if (!(index in list)) holes++;
  }
  if (holes > MAX_HOLES) throw new RangeError("Too many holes"); // It becomes a stand-in.
  if (holes === 0) return writeAll(list, list.length, write);
  const indexes = Object.keys(list).slice(0, list.length - holes).map(Number);
  const values = writeAll(
    indexes,
    indexes.length,
    (index) =>
      typeof index === "string" ? [list.length - 1, write(index)] : [index, write(list[index])],
  );
  return tagged("Array", list.length, values);
}

/** Its entries in their order. */
export function encodeMap(
  map: ReadonlyMap<unknown, unknown>,
  { write, writeAll }: PartsWriter,
): Json {
  const entries = writeAll(
    map,
    map.size,
    (entry) =>
      typeof entry === "string" ? [write("…"), write(entry)] : [write(entry[0]), write(entry[1])],
  );
  return tagged("Map", entries);
}

/** Its values in their order. */
export function encodeSet(set: ReadonlySet<unknown>, { write, writeAll }: PartsWriter): Json {
  return tagged("Set", writeAll(set, set.size, write));
}

/** Milliseconds, or `null`. */
export function encodeDate(date: Date): Json {
  const time = date.getTime();
  return tagged("Date", Number.isNaN(time) ? null : time);
}

/** Its source and flags. */
export function encodeRegExp({ source, flags }: RegExp, writer: PartsWriter): Json {
  return encodeWhole("RegExp", [source, flags], writer);
}

/** The whole of it. */
export function encodeURL({ href }: URL, writer: PartsWriter): Json {
  return encodeWhole("URL", [href], writer);
}

/** The parameters as they stand in a URL. */
export function encodeSearchParams(parameters: URLSearchParams, writer: PartsWriter): Json {
  return encodeWhole("URLSearchParams", [String(parameters)], writer);
}

/** The primitive value in it. */
export function encodeBoxed(boxed: object, { write }: PartsWriter): Json {
  return tagged("boxed", write(boxed.valueOf()));
}

/** All of its bytes. */
export function encodeBuffer(
  name: string,
): (buffer: ArrayBuffer | SharedArrayBuffer, writer: PartsWriter) => Json {
  return (buffer, writer) => encodeBytes(name, new Uint8Array(buffer), writer);
}

/** Its buffer, for the console shows all of that. */
export function encodeDataView(
  { buffer, byteOffset, byteLength }: DataView,
  { write }: PartsWriter,
): Json {
  return tagged("DataView", write(buffer), byteOffset, byteLength);
}

/** The causes and aggregated errors are values like others, so what is shared is written once. */
export function encodeError(error: Error, { write, text }: PartsWriter): Json {
  const { className, name, base, message, stack } = serializeError(error);
  const head: JsonObject = {
    ...{ className: text(className), name: text(name), base, message: text(message) },
    ...(stack !== undefined && { stack: text(stack) }),
  };
  const inner: JsonObject = {};
  for (const key of ["cause", "errors", "error", "suppressed"]) {
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property && !property.enumerable) inner[key] = write(Reflect.get(error, key));
  }
  return tagged("Error", head, inner);
}

/** Texts that are of no use in parts. */
function encodeWhole(name: string, texts: readonly string[], { fits, text }: PartsWriter): Json {
  const length = texts.reduce((sum, each) => sum + each.length, 0);
  return fits(length) ? tagged(name, ...texts) : text(`[${name}: cut, ${length} characters]`);
}

function encodeBytes(name: string, bytes: Uint8Array, { fits, text }: PartsWriter): Json {
  return fits(Math.ceil(bytes.length / 3) * 4)
    ? tagged(name, bytes.toBase64())
    : text(`[${name}: cut, ${bytes.length} bytes]`);
}

/** The bytes that it shows, without the rest of its buffer. */
export function encodeView(name: string): (view: ArrayBufferView, writer: PartsWriter) => Json {
  return ({ buffer, byteOffset, byteLength }, writer) =>
    encodeBytes(name, new Uint8Array(buffer, byteOffset, byteLength), writer);
}

/** In parts they would not be headers. */
export function encodeHeaders(headers: Headers, { fits, text }: PartsWriter): Json {
  const pairs = [...headers];
  const length = pairs.flat().reduce((sum, each) => sum + each.length, 0);
  return fits(length) ? tagged("Headers", pairs) : text(`[Headers: cut, ${length} characters]`);
}

/** Its texts; a file becomes a text that names it. */
export function encodeForm(form: FormData, { writeAll, text }: PartsWriter): Json {
  const entries = [...form];
  const pairs = writeAll(entries, entries.length, (entry) => {
    if (typeof entry === "string") return [text("…"), text(entry)];
    const [name, value] = entry;
    return [text(name), text(typeof value === "string" ? value : inspect(value))];
  });
  return tagged("FormData", pairs);
}
