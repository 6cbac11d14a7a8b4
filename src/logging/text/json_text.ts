/**
 * Values as one line of JSON without control characters, for formatters.
 *
 * @module
 */

import { escapeControlsInJson } from "./control_characters.ts";
import { toJsonValue } from "./json_value.ts";

/**
 * Writes a value as JSON. Never throws; {@linkcode toJsonValue} says what becomes of values that JSON
 * has not.
 *
 * @param value Anything.
 * @returns One line of JSON without control characters; "null" for `undefined`.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      if (Number.isFinite(value)) return String(value);
      break;
    case "boolean":
      return String(value);
  }
  return escapeControlsInJson(JSON.stringify(toJsonValue(value)));
}

/**
 * Writes a field as it stands in an object behind another one.
 *
 * @param name The name.
 * @param value Anything.
 * @returns A comma, the name and the value; nothing for `undefined`, as in JSON.
 */
export function jsonMember(name: string, value: unknown): string {
  return value === undefined ? "" : `,${quote(name)}:${jsonText(value)}`;
}

/** What a text of JSON can't hold as it is, or should not. */
// deno-lint-ignore no-control-regex -- control characters are what is meant
const SPECIAL = /["\\\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/;

function quote(text: string): string {
  // Most texts are plain, and a look at them is faster than JSON.stringify().
  return SPECIAL.test(text) ? escapeControlsInJson(JSON.stringify(text)) : `"${text}"`;
}
