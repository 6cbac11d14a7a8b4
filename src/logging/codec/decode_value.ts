/**
 * Values of any kind out of plain JSON: see the table in `tags.ts`.
 *
 * The text may come from an untrusted sender. Nothing of the program is called, no object of the program
 * is changed, and what a tag makes is never much larger than the tag. What is no tag stays as it is.
 *
 * @module
 */

import { checkList, checkNumber, checkObject, checkText } from "./check_part.ts";
import { decodeErrorHead, decodeLeaf } from "./decode_leaf.ts";
import { define, hide, showAs, StandInClasses, standInFunction, writeAsJson } from "./stand_in.ts";
import { MAX_HOLES } from "./tags.ts";

/** How deep JSON is followed; nothing that we wrote is deeper. */
const MAX_JSON_DEPTH = 1000;

/**
 * How many values an untrusted text may repeat by their numbers: what shows a value shows them all again
 * and again, so a short text could keep it busy for ever.
 */
const MAX_REPEATED = 100_000;

/** What stands in a tag after its name. */
type Parts = readonly unknown[];

/** Reads the values of one record. Each list and object of the JSON becomes part of what is made. */
export class ValueDecoder {
  /** The objects by their numbers. */
  readonly #made: unknown[] = [];
  /** How many values each has inside; of those that are whole. */
  readonly #sizes: number[] = [];
  #size = 0;
  readonly #isTrusted: boolean;
  #repeated = 0;
  readonly #classes = new StandInClasses();
  #holes = MAX_HOLES;
  /** Whether something could not be read: then numbers do not say any more what they mean. */
  #isBroken = false;

  /**
   * Begins with a record.
   *
   * @param origin Whether the text is our own. In another one, what is around itself is "[Circular]".
   */
  constructor({ isTrusted }: { readonly isTrusted: boolean }) {
    this.#isTrusted = isTrusted;
  }

  /**
   * Reads the fields of a record.
   *
   * @param record The record as JSON; its fields are replaced by what they stand for.
   */
  decodeRecord(record: object): void {
    this.#made.push(record);
    this.#decodeFields(record, checkObject(record), 0);
  }

  #decode(json: unknown, depth: number): unknown {
    this.#size++;
    if (typeof json !== "object" || json === null) return json;
    const number = this.#made.length;
    const before = this.#size;
    const value = this.#decodeObject(json, depth);
    if (this.#made.length > number) this.#sizes[number] = this.#size - before;
    return value;
  }

  #decodeObject(json: object, depth: number): unknown {
    if (depth >= MAX_JSON_DEPTH) return this.#leave(json);
    if (Array.isArray(json)) {
      this.#made.push(json);
      for (const [index, inner] of json.entries()) json[index] = this.#decode(inner, depth + 1);
      return json;
    }
    const tag = tagOf(json);
    if (!tag) {
      this.#made.push(json);
      this.#decodeFields(json, checkObject(json), depth + 1);
      return json;
    }
    try {
      const [name, ...parts] = tag;
      return this.#decodeTag(checkText(name), parts, depth + 1);
    } catch {
      return this.#leave(json);
    }
  }

  /** Leaves JSON as it is. */
  #leave(json: object): object {
    this.#isBroken = true;
    return json;
  }

  #decodeTag(name: string, parts: Parts, depth: number): unknown {
    const [first, second] = parts;
    switch (name) {
      case "ref":
        return this.#objectWith(checkNumber(first));
      case "plain":
        return this.#fill({}, (made) => define(made, "$", this.#decode(first, depth)));
      case "Array":
        return this.#decodeList(checkNumber(first), checkList(second), depth);
      case "Map":
        return this.#fill(new Map<unknown, unknown>(), (made) => {
          for (const entry of checkList(first)) {
            const [key, value] = checkList(entry);
            const readKey = this.#decode(key, depth);
            made.set(readKey, this.#decode(value, depth));
          }
        });
      case "Set":
        return this.#fill(new Set<unknown>(), (made) => {
          for (const value of checkList(first)) made.add(this.#decode(value, depth));
        });
      case "DataView":
        return this.#decodeView(parts, depth);
      case "Error":
        return this.#fill(decodeErrorHead(checkObject(first)), (made) => {
          for (const [key, value] of Object.entries(checkObject(second))) {
            hide(made, key, this.#decode(value, depth));
          }
        });
      case "as":
        return this.#decodeLooks(parts, depth);
      case "opaque":
        return this.#fill({}, (made) => {
          showAs(made, checkText(first));
          writeAsJson(made, this.#decode(second, depth));
        });
      case "boxed":
        return this.#fill(boxed(this.#decode(first, depth)));
      case "function":
        return this.#fill(standInFunction(checkText(first), checkText(second)));
      default: {
        const value = decodeLeaf(name, parts);
        return typeof value === "object" && value !== null ? this.#fill(value) : value;
      }
    }
  }

  /** Numbers an object, then reads what is in it, which may be the object itself. */
  #fill<T extends object>(made: T, fill?: (made: T) => void): T {
    this.#made.push(made);
    fill?.(made);
    return made;
  }

  #objectWith(number: number): unknown {
    const made = this.#isBroken ? undefined : this.#made[number];
    if (made === undefined) throw new RangeError(`Cannot read a tag: no object ${number}`);
    if (this.#isTrusted) return made;
    const size = this.#sizes[number];
    if (size === undefined) return "[Circular]";
    this.#size += size;
    this.#repeated += size;
    if (this.#repeated > MAX_REPEATED) throw new RangeError("Cannot read a tag: too much of it");
    return made;
  }

  #decodeList(length: number, entries: readonly unknown[], depth: number): unknown[] {
    this.#holes -= length - entries.length;
    if (this.#holes < 0) throw new RangeError("Cannot read a tag: too many holes");
    return this.#fill([] as unknown[], (list) => {
      list.length = length;
      for (const entry of entries) {
        const [index, value] = checkList(entry);
        list[checkIndex(index, length)] = this.#decode(value, depth);
      }
    });
  }

  #decodeView([buffer, offset, length]: Parts, depth: number): DataView {
    const number = this.#made.push(undefined) - 1; // The view begins before its buffer.
    const bytes = this.#decode(buffer, depth);
    if (!(bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer)) {
      throw new TypeError("Cannot read a tag: a DataView without a buffer");
    }
    return this.#made[number] = new DataView(bytes, checkNumber(offset), checkNumber(length));
  }

  #decodeLooks([base, looks, fields]: Parts, depth: number): object {
    const made = base === null ? this.#fill({}) : this.#decodeBase(base, depth);
    const { class: name, text, json, symbols = [] } = checkObject(looks);
    const readJson = this.#decode(json, depth);
    for (const field of checkList(symbols)) {
      const [description, value] = checkList(field);
      define(made, Symbol(checkText(description)), this.#decode(value, depth));
    }
    this.#decodeFields(made, checkObject(fields), depth);
    if (json !== undefined) writeAsJson(made, readJson);
    if (text !== undefined) showAs(made, checkText(text));
    if (name === null) Object.setPrototypeOf(made, null);
    else if (name !== undefined) this.#classes.apply(made, checkText(name));
    return made;
  }

  /** Reads the object that has looks of its own; it must be one that nothing else has. */
  #decodeBase(json: unknown, depth: number): object {
    const tag = tagOf(json);
    const isNew = tag ? tag[0] !== "ref" && tag[0] !== "as" : Array.isArray(json);
    const made = this.#decode(json, depth);
    if (isNew && !this.#isBroken && typeof made === "object" && made !== null) return made;
    throw new TypeError("Cannot read a tag: nothing that can look like something");
  }

  /** Reads fields, into the JSON itself or into another object. */
  #decodeFields(holder: object, json: Readonly<Record<string, unknown>>, depth: number): void {
    for (const key of Object.keys(json)) {
      const inner = json[key];
      const tag = tagOf(inner);
      if (tag?.[0] === "get") this.#decodeAccessor(holder, key, tag, depth);
      else {
        const value = this.#decode(inner, depth);
        if (holder !== json || value !== inner) define(holder, key, value);
      }
    }
  }

  #decodeAccessor(holder: object, key: string, [, kind, json]: Parts, depth: number): void {
    const value = this.#decode(json, depth);
    Object.defineProperty(holder, key, {
      get: kind === "set" ? undefined : () => value,
      set: kind === "get" ? undefined : () => {},
      enumerable: true,
      configurable: true,
    });
  }
}

/** What a tag holds: its name and its parts; `undefined` if it is none. */
function tagOf(json: unknown): Parts | undefined {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, "$")) return undefined;
  const tag: unknown = Reflect.get(json, "$");
  return Array.isArray(tag) && Object.keys(json).length === 1 ? tag : undefined;
}

function checkIndex(part: unknown, length: number): number {
  const index = checkNumber(part);
  if (Number.isInteger(index) && index >= 0 && index < length) return index;
  throw new RangeError("Cannot read a tag: no such index");
}

/** A primitive value as an object. */
function boxed(value: unknown): object {
  if (typeof value !== "object" && typeof value !== "function" && value !== undefined) {
    return Object(value);
  }
  throw new TypeError("Cannot read a tag: no value to box");
}
