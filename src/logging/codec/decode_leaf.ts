/**
 * Values that hold no others, out of plain JSON: see the table in `tags.ts`.
 *
 * @module
 */

import { builtInError } from "../errors.ts";
import { reviveError } from "../revive_error.ts";
import { checkList, checkNumber, checkText } from "./check_part.ts";
import { hide } from "./stand_in.ts";
import { TYPED_ARRAYS } from "./tags.ts";

/** More decimal digits than this are not read: that takes more than linear time. */
const MAX_DECIMAL = 100;

/** The classes of errors that may be made; a program may have more of them among its globals. */
const ERRORS: ReadonlySet<string> = new Set([
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  ...["AggregateError", "SuppressedError", "DOMException"],
  ...Object.keys(Deno.errors),
]);

/**
 * Makes a value of its tag.
 *
 * @param name The tag.
 * @param parts What belongs to it.
 * @returns The value.
 * @throws {Error} If there is no such value.
 */
export function decodeLeaf(name: string, parts: readonly unknown[]): unknown {
  const [first] = parts;
  switch (name) {
    case "undefined":
      return undefined;
    case "number":
      return Number(checkText(first));
    case "BigInt":
      return bigintOf(checkText(first));
    case "Symbol":
      return Symbol(first === undefined ? undefined : checkText(first));
    case "Date":
      return new Date(first === null ? NaN : checkNumber(first));
    case "RegExp":
      return new RegExp(checkText(first), checkText(parts[1]));
    case "URL":
      return new URL(checkText(first));
    case "URLSearchParams":
      return new URLSearchParams(checkText(first));
    case "Headers":
      return new Headers(textPairs(first));
    case "FormData":
      return formOf(textPairs(first));
    case "ArrayBuffer":
      return Uint8Array.fromBase64(checkText(first)).buffer;
    case "SharedArrayBuffer":
      return sharedBuffer(Uint8Array.fromBase64(checkText(first)));
    default:
      return typedArray(name, checkText(first));
  }
}

/**
 * Makes an error, still without its causes and fields.
 *
 * @param head Its class and texts.
 * @returns The error.
 * @throws {Error} If there is no such error.
 */
export function decodeErrorHead(head: Readonly<Record<string, unknown>>): Error {
  const read = (key: string) => checkText(head[key]);
  const base = read("base");
  const nothing = { kind: "value", value: undefined } as const;
  const error = reviveError({
    ...{ className: read("className"), name: read("name"), message: read("message") },
    base: ERRORS.has(base) && builtInError(base) ? base : "Error",
    ...(base === "SuppressedError" && { suppression: { error: nothing, suppressed: nothing } }),
  });
  hide(error, "stack", "stack" in head ? read("stack") : undefined);
  // A class that a base in Deno.errors has may set them by itself; a decoded error has its own.
  for (const key of ["errors", "error", "suppressed"]) Reflect.deleteProperty(error, key);
  return error;
}

function bigintOf(text: string): bigint {
  const [, minus, digits = ""] = /^(-?)(\d+|0x[\da-f]+)$/.exec(text) ?? [];
  if (digits === "" || (!digits.startsWith("0x") && digits.length > MAX_DECIMAL)) {
    throw new RangeError(`Cannot read a tag: no BigInt in ${text.length} characters`);
  }
  return minus === "-" ? -BigInt(digits) : BigInt(digits);
}

function textPairs(part: unknown): [string, string][] {
  return checkList(part).map((pair) => {
    const [name, value] = checkList(pair);
    return [checkText(name), checkText(value)];
  });
}

function formOf(pairs: readonly (readonly [string, string])[]): FormData {
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);
  return form;
}

function sharedBuffer(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function typedArray(name: string, base64: string): ArrayBufferView {
  if (!Object.hasOwn(TYPED_ARRAYS, name)) {
    throw new RangeError(`Cannot read a tag: there is no ${name.slice(0, 60)}`);
  }
  const made = TYPED_ARRAYS[name as keyof typeof TYPED_ARRAYS]; // It is one of them.
  return new made(Uint8Array.fromBase64(base64).buffer);
}
