/**
 * Values of any kind as plain JSON: see the table in `tags.ts`.
 *
 * @module
 */

import { inspect } from "../text/inspect.ts";
import { toJsonValue, unreadable } from "../text/json_value.ts";
import type { Meter } from "./cut.ts";
import type { PartsWriter } from "./encode_built_in.ts";
import { classNameOf, ownTextOf, shownSymbols } from "./looks.ts";
import { kindOf, type ObjectKind } from "./object_kinds.ts";
import { type Json, type JsonObject, MAX_DEPTH, tagged } from "./tags.ts";

/** Whole numbers below this are written in decimal digits; longer ones take too long to write so. */
const READABLE = 2n ** 128n;

/** How long a tag is beside its name and its parts. */
const TAG_LENGTH = '{"$":[""]},'.length;

/** What is no more than its fields. */
const PLAIN = { name: "Object", prototype: Object.prototype };

/** Writes the values of one record. Calls nothing but getters, `toJSON` and what the console calls. */
export class ValueEncoder {
  readonly #meter: Meter;
  /** The number of each object that was met. */
  readonly #numbers = new Map<object, number>();
  /** The objects by their numbers. */
  readonly #met: object[] = [];

  /**
   * Begins with a record.
   *
   * @param meter What measures it, and limits its texts and lists.
   */
  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /**
   * Writes the fields of a record.
   *
   * @param record The record.
   * @returns The same fields. Throws if a field of the record itself can't be read.
   */
  encodeRecord(record: object): JsonObject {
    this.#number(record);
    const fields: JsonObject = {};
    for (const key of Object.keys(record)) {
      const value: unknown = Reflect.get(record, key);
      if (value === undefined) continue; // An optional one that is not there.
      // Arguments and fields are formatted each for itself; an error may have many causes.
      const depth = key === "args" || key === "extra" ? -1 : key === "error" ? -MAX_DEPTH : 0;
      setField(fields, this.#meter.text(key), this.encode(value, depth));
    }
    return fields;
  }

  /**
   * Writes a value.
   *
   * @param value Anything.
   * @param depth How deep it lies in its part of the record.
   * @returns Plain data.
   */
  encode(value: unknown, depth: number): Json {
    switch (typeof value) {
      case "string":
        return this.#meter.text(value);
      case "object":
      case "function":
        return value === null ? this.#encodeAtom(value) : this.#encodeOnce(value, depth);
      case "number":
        return this.#encodeNumber(value);
      case "boolean":
        return this.#encodeAtom(value);
      case "undefined":
        return this.#tag("undefined");
      case "bigint":
        return this.#encodeBigInt(value);
      case "symbol":
        return this.#encodeSymbol(value);
    }
  }

  #encodeAtom(value: boolean | null): Json {
    this.#meter.count(5);
    return value;
  }

  #encodeNumber(value: number): Json {
    const isJson = Number.isFinite(value) && !Object.is(value, -0);
    const text = Object.is(value, -0) ? "-0" : String(value);
    this.#meter.count(text.length + 1);
    return isJson ? value : this.#tag("number", text);
  }

  #encodeBigInt(value: bigint): Json {
    const size = value < 0n ? -value : value;
    const digits = size < READABLE ? String(size) : `0x${size.toString(16)}`;
    if (!this.#meter.fits(digits.length)) {
      return `[BigInt: cut, ${digits.length} hexadecimal digits]`;
    }
    return this.#tag("BigInt", value < 0n ? `-${digits}` : digits);
  }

  #encodeSymbol({ description }: symbol): Json {
    if (description === undefined) return this.#tag("Symbol");
    return this.#tag("Symbol", this.#meter.text(description));
  }

  #tag(name: string, ...parts: Json[]): JsonObject {
    this.#meter.count(TAG_LENGTH + name.length);
    return tagged(name, ...parts);
  }

  /** Writes an object; the number of one that was met before. */
  #encodeOnce(value: object, depth: number): Json {
    const known = this.#numbers.get(value);
    if (known !== undefined) return this.#tag("ref", known);
    if (depth >= MAX_DEPTH) return this.#meter.text("[cut here]");
    const number = this.#number(value);
    try {
      const json = typeof value === "function"
        ? this.#encodeFunction(value)
        : this.#encodeObject(value, depth + 1);
      if (typeof json !== "object") this.#forgetFrom(number); // It was cut.
      return json;
    } catch (reason) {
      this.#forgetFrom(number + 1);
      return this.#encodeOpaque(value, { reason, depth: depth + 1 });
    }
  }

  #number(value: object): number {
    const number = this.#met.push(value) - 1;
    this.#numbers.set(value, number);
    return number;
  }

  /** What was met from there on is not in the text. */
  #forgetFrom(number: number): void {
    for (const value of this.#met.splice(number)) this.#numbers.delete(value);
  }

  #encodeFunction(value: object): Json {
    const name = readField(value, "name");
    const written = this.#meter.text(typeof name === "string" ? name : "");
    return this.#tag("function", written, this.#meter.text(inspect(value)));
  }

  #encodeObject(value: object, depth: number): Json {
    const kind = kindOf(value);
    this.#meter.count(kind ? TAG_LENGTH + kind.name.length : 3);
    const base = kind?.encode(value, this.#writerAt(depth));
    if (base !== undefined && (typeof base !== "object" || this.#meter.isFull)) return base;
    const looks = this.#encodeLooks(value, kind, depth);
    const keys = kind ? kind.fieldsOf(value) : Object.keys(value);
    if (base !== undefined && !looks && keys.length === 0) return base;
    const fields = this.#encodeFields(value, keys, depth);
    if (looks || base !== undefined) return this.#tag("as", base ?? null, looks ?? {}, fields);
    return keys.length === 1 && fields.$ !== undefined ? this.#tag("plain", fields.$) : fields;
  }

  /** What it looks like beyond its values and fields; `undefined` if it looks as all of its kind. */
  #encodeLooks(value: object, kind: ObjectKind | undefined, depth: number): JsonObject | undefined {
    const { name, prototype } = kind ?? PLAIN;
    const isExact = Object.getPrototypeOf(value) === prototype;
    if (isExact && kind?.isOfWeb) return undefined; // What else it has is its own business.
    const hasToJson = (!kind || kind.isOfWeb) && typeof Reflect.get(value, "toJSON") === "function";
    const symbols = shownSymbols(value);
    // Arguments of a function, Math and the like look like no other plain object.
    const isOdd = hasToJson || Symbol.iterator in value || Symbol.toStringTag in value;
    if (isExact && symbols.length === 0 && (kind !== undefined || !isOdd)) return undefined;
    // Errors travel with the name of their class.
    const className = value instanceof Error ? name : classNameOf(value);
    const text = ownTextOf(value, { tag: name, className });
    const looks: JsonObject = {
      ...(className !== name && { class: className === null ? null : this.#meter.text(className) }),
      ...(text !== undefined && { text: this.#meter.text(text) }),
      ...(hasToJson && { json: this.encode(jsonOf(value), depth) }),
      ...(text === undefined && symbols.length > 0 && {
        symbols: symbols.map((symbol) => [
          this.#meter.text(symbol.description ?? ""),
          this.encode(readField(value, symbol), depth),
        ]),
      }),
    };
    return Object.keys(looks).length > 0 ? looks : undefined;
  }

  #encodeFields(value: object, keys: readonly string[], depth: number): JsonObject {
    const fields: JsonObject = {};
    const count = this.#meter.open(keys.length);
    for (const [index, key] of keys.entries()) {
      if (this.#meter.isFull) break;
      if (index === count) {
        let mark = "…";
        while (Object.hasOwn(fields, mark)) mark += "…";
        const left = `[cut: ${keys.length} fields, ${keys.length - count} more]`;
        setField(fields, mark, this.#meter.text(left));
        break;
      }
      setField(fields, this.#encodeKey(key, index), this.#encodeProperty(value, key, depth));
    }
    return fields;
  }

  /** Names that are cut must not become the same. */
  #encodeKey(key: string, index: number): string {
    const name = this.#meter.text(key);
    return name === key ? key : `${name} (field ${index + 1})`;
  }

  #encodeProperty(value: object, key: string, depth: number): Json {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property?.get === undefined && property?.set === undefined) {
      return this.encode(property ? property.value : readField(value, key), depth);
    }
    const kind = property.set === undefined ? "get" : property.get === undefined ? "set" : "both";
    return this.#tag("get", kind, this.encode(readField(value, key), depth));
  }

  #writerAt(depth: number): PartsWriter {
    const meter = this.#meter;
    return {
      write: (value) => this.encode(value, depth),
      writeAll: (values, size, write) => this.#encodeAll(values, size, write),
      text: (text) => meter.text(text),
      fits: (length) => meter.fits(length),
    };
  }

  #encodeAll<T>(values: Iterable<T>, size: number, write: (value: T | string) => Json): Json[] {
    const count = this.#meter.open(size);
    const written: Json[] = [];
    for (const value of values) {
      if (this.#meter.isFull) break;
      if (written.length === count) {
        written.push(write(`… [cut: ${size} values, ${size - count} more]`));
        break;
      }
      written.push(write(value));
    }
    return written;
  }

  /** What can't be read looks the same where it arrives. */
  #encodeOpaque(value: object, { reason, depth }: { reason: unknown; depth: number }): Json {
    try {
      const text = this.#meter.text(inspect(value));
      return this.#tag("opaque", text, this.encode(jsonOf(value), depth));
    } catch {
      return this.#tag("opaque", this.#meter.text(unreadable(reason)), null);
    }
  }
}

/** What becomes of it in JSON, as plain objects. */
function jsonOf(value: object): unknown {
  return JSON.parse(JSON.stringify(toJsonValue(value)));
}

function readField(holder: object, key: string | symbol): unknown {
  try {
    return Reflect.get(holder, key);
  } catch (reason) {
    return unreadable(reason);
  }
}

function setField(fields: JsonObject, key: string, value: Json): void {
  if (key !== "__proto__") {
    fields[key] = value;
    return;
  }
  Object.defineProperty(fields, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
