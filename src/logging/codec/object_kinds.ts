/**
 * The classes of the language and of the web whose objects travel as what they are.
 *
 * @module
 */

import {
  encodeBoxed,
  encodeBuffer,
  encodeDataView,
  encodeDate,
  encodeError,
  encodeForm,
  encodeHeaders,
  encodeList,
  encodeMap,
  encodeRegExp,
  encodeSearchParams,
  encodeSet,
  encodeURL,
  encodeView,
  type PartsWriter,
} from "./encode_built_in.ts";
import { type Json, TYPED_ARRAYS } from "./tags.ts";

/** A class whose objects have a form of their own. */
export interface ObjectKind {
  /** Its name, for the console and for `Object.prototype.toString`. */
  readonly name: string;
  /** The prototype of those objects that are of no class derived from it. */
  readonly prototype: object;
  /** The names of the fields that an object has beside what it is made of. */
  readonly fieldsOf: (value: object) => string[];
  /** Whether it is a class of the web: shows itself by its own rules, and may have a `toJSON`. */
  readonly isOfWeb: boolean;
  /** Writes an object; a text if it is too long. May throw, and does if the object is none of these. */
  encode(value: object, writer: PartsWriter): Json;
}

/** Lists larger than this are not searched for fields: that would take a text for every index. */
const MAX_SEARCHED = 10_000;

/** How many prototypes are looked at: a Proxy may always show another one. */
const MAX_PROTOTYPES = 100;

const LIST = kind(Array, encodeList, { isIndexed: true });

const KINDS: ReadonlyMap<object, ObjectKind> = new Map(
  [
    LIST,
    kind(Error, encodeError),
    kind(DOMException, encodeError, { isOfWeb: true }),
    kind(Date, encodeDate),
    kind(RegExp, encodeRegExp),
    kind(Map, encodeMap),
    kind(Set, encodeSet),
    kind(ArrayBuffer, encodeBuffer("ArrayBuffer")),
    kind(SharedArrayBuffer, encodeBuffer("SharedArrayBuffer")),
    kind(DataView, encodeDataView),
    ...Object.values(TYPED_ARRAYS).map((made) =>
      kind<ArrayBufferView>(made, encodeView(made.name), { isIndexed: true })
    ),
    kind<object>(String, encodeBoxed, { isIndexed: true }),
    ...[Number, Boolean, BigInt, Symbol].map((made) => kind<object>(made, encodeBoxed)),
  ].map((each) => [each.prototype, each]),
);

/** Classes of the web by what `Object.prototype.toString` says; Deno loads them when they are used. */
const WEB_KINDS: ReadonlyMap<string, () => ObjectKind> = new Map([
  ["[object URL]", () => kind(URL, encodeURL, { isOfWeb: true })],
  ["[object URLSearchParams]", () => kind(URLSearchParams, encodeSearchParams, { isOfWeb: true })],
  ["[object Headers]", () => kind(Headers, encodeHeaders, { isOfWeb: true })],
  ["[object FormData]", () => kind(FormData, encodeForm, { isOfWeb: true })],
]);

/**
 * The kind of an object that is more than its fields.
 *
 * @param value The object.
 * @returns The kind, if it is one of those that have a form of their own.
 */
export function kindOf(value: object): ObjectKind | undefined {
  if (Array.isArray(value)) return LIST;
  for (const prototype of prototypesOf(value)) {
    const found = KINDS.get(prototype);
    if (found) return found === LIST ? undefined : found;
  }
  if (!(Symbol.toStringTag in value)) return undefined;
  const found = WEB_KINDS.get(Object.prototype.toString.call(value))?.();
  return found && prototypesOf(value).includes(found.prototype) ? found : undefined;
}

function prototypesOf(value: object): object[] {
  const prototypes: object[] = [];
  let prototype: object | null = Object.getPrototypeOf(value);
  while (prototype !== null && prototypes.length < MAX_PROTOTYPES) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototypes;
}

function kind<T extends object>(
  made: { readonly name: string; readonly prototype: T },
  encode: (value: T, writer: PartsWriter) => Json,
  { isIndexed = false, isOfWeb = false } = {},
): ObjectKind {
  const { name, prototype } = made;
  // Kinds are found by the prototype, so the value is of the class, or says so.
  return {
    ...{ name, prototype, isOfWeb, encode: encode as ObjectKind["encode"] },
    fieldsOf: isIndexed ? fieldsBesideIndexes : Object.keys,
  };
}

/** Such as those of a match of a RegExp. */
function fieldsBesideIndexes(value: object): string[] {
  const length = Number(Reflect.get(value, "length"));
  if (length > MAX_SEARCHED) return [];
  const keys = Object.keys(value);
  // All indexes come first, so most lists are seen to have no fields at once.
  if (keys.length === length && (length === 0 || keys.at(-1) === `${length - 1}`)) return [];
  return keys.filter((key) => !(Number(key) < length && String(Number(key)) === key));
}
