/**
 * Python's `%` formatting: `%d`, `%-8s`, `%(name)s`, `%.2f`. Used for the messages of log calls and
 * for the patterns of formatters.
 *
 * The rules are those of "printf-style String Formatting" in Python's library reference; a test
 * runs the same conversions through Python.
 *
 * @module
 */

import { display, inspect } from "./inspect.ts";
import { floatText } from "./number_text.ts";
import { clip, pad } from "./padding.ts";

/** One conversion of a template, such as `%(levelname)-8s`. */
export interface Conversion {
  /** The conversion as it was written. */
  readonly source: string;
  /** The name in parentheses. */
  readonly key: string | undefined;
  /** Any of `#`, `0`, `-`, space and `+`. */
  readonly flags: string;
  /** The least number of characters; "*" takes it from the arguments. */
  readonly width: number | "*" | undefined;
  /** Digits after the point, or most characters of `%s`; "*" takes it from the arguments. */
  readonly precision: number | "*" | undefined;
  /** The letter: one of `diouxXeEfFgGcrsaj%`. */
  readonly type: string;
}

/** A template taken apart: literal text and conversions, in order. */
export type Template = readonly (string | Conversion)[];

/**
 * The most characters that a width or a precision may ask for: a few bytes of a message must not
 * become gigabytes of a line.
 */
export const MAX_WIDTH = 10_000;

const OPEN = 0x28;
const STAR = 0x2a;
const POINT = 0x2e;

/**
 * Takes a template apart. A `%` that begins no conversion stays as text. It takes time in proportion
 * to the length, whatever the template is: it may come from another program.
 *
 * @param template The text with its conversions.
 * @returns Literal text and conversions, in order.
 */
export function parseTemplate(template: string): Template {
  const parts: (string | Conversion)[] = [];
  let end = 0;
  /** The next `)`, as far as it was looked for, and where a conversion behind one was not found. */
  let close = -1;
  let notAt = -1;
  for (let at = template.indexOf("%"); at >= 0; at = template.indexOf("%", at)) {
    const start = at++;
    let key: string | undefined;
    if (template.charCodeAt(at) === OPEN) {
      if (close < at) close = endOfKey(template, at);
      at = close + 1;
    }
    const found = at === notAt ? undefined : readConversion(template, start, at);
    if (!found) {
      if (at > start + 1) notAt = at;
      at = start + 1;
      continue;
    }
    if (at > start + 1) key = template.slice(start + 2, close);
    if (start > end) parts.push(template.slice(end, start));
    at = end = start + found.source.length;
    parts.push({ ...found, key });
  }
  if (end < template.length) parts.push(template.slice(end));
  return parts;
}

/** Where the `)` of a key is; the end of the template if there is none, and then never again. */
function endOfKey(template: string, from: number): number {
  const close = template.indexOf(")", from);
  return close < 0 ? template.length : close;
}

/** Reads what follows the key of a conversion. No part can begin with what ends the one before. */
function readConversion(template: string, start: number, from: number): Conversion | undefined {
  let at = from;
  while (isFlag(template.charCodeAt(at))) at++;
  const flags = template.slice(from, at);
  const widthAt = at;
  at = endOfSize(template, at);
  const width = size(template.slice(widthAt, at));
  let precision: number | "*" | undefined;
  if (template.charCodeAt(at) === POINT) {
    const precisionAt = at + 1;
    at = endOfSize(template, precisionAt);
    precision = size(template.slice(precisionAt, at)) ?? 0;
  }
  if ("hlL".includes(template.charAt(at) || " ")) at++;
  const type = template.charAt(at);
  if (type === "" || !"diouxXeEfFgGcrsajO%".includes(type)) return undefined;
  const source = template.slice(start, at + 1);
  return { source, key: undefined, flags, width, precision, type };
}

/** Any of `#`, `0`, `-`, space and `+`. */
function isFlag(code: number): boolean {
  return code === 0x20 || code === 0x23 || code === 0x2b || code === 0x2d || code === 0x30;
}

/** Where a width or a precision ends: behind a star, or behind digits. */
function endOfSize(template: string, from: number): number {
  if (template.charCodeAt(from) === STAR) return from + 1;
  let at = from;
  for (let code = template.charCodeAt(at); code >= 0x30 && code <= 0x39;) {
    code = template.charCodeAt(++at);
  }
  return at;
}

function size(digits: string): number | "*" | undefined {
  return digits === "" ? undefined : digits === "*" ? digits : Number(digits);
}

/**
 * Writes one value as a conversion says.
 *
 * @param conversion What to do; its width and precision are numbers here.
 * @param value The value.
 * @returns The text, padded to the width.
 * @throws {TypeError} If the value does not fit the conversion, such as a word for `%d`.
 * @throws {RangeError} If the width or the precision is above {@link MAX_WIDTH}.
 */
export function convert(conversion: Conversion, value: unknown): string {
  const { flags, type } = conversion;
  checkSize(conversion);
  const precision = conversion.precision === "*" ? undefined : conversion.precision;
  switch (type) {
    case "%":
      return "%";
    case "d":
    case "i":
    case "u":
      return padNumber(conversion, digits(wholeNumber(conversion, value), 10, precision));
    case "o":
      if (typeof value === "object" || typeof value === "function") {
        return padText(conversion, inspect(value));
      }
      return padNumber(conversion, radix(wholeNumber(conversion, value), 8, flags, precision));
    case "x":
    case "X": {
      const text = radix(wholeNumber(conversion, value), 16, flags, precision);
      return padNumber(conversion, type === "X" ? text.toUpperCase() : text);
    }
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return padNumber(
        conversion,
        floatText(type, Number(real(conversion, value)), precision ?? 6, flags.includes("#")),
      );
    case "c":
      return padText(conversion, character(conversion, value));
    case "j":
      return padText(conversion, JSON.stringify(value) ?? "undefined");
    case "a":
      return padText(conversion, clip(escapeNonAscii(inspect(value)), precision));
    case "r":
    case "O":
      return padText(conversion, clip(inspect(value), precision));
    default:
      return padText(conversion, clip(display(value), precision));
  }
}

function checkSize({ width, precision, source }: Conversion): void {
  const size = isTooWide(width) ? width : isTooWide(precision) ? precision : undefined;
  if (size === undefined) return;
  throw new RangeError(
    `Cannot write ${
      source.slice(0, 60)
    }: current width or precision is ${size}, allowed are up to ` +
      `${MAX_WIDTH}`,
  );
}

/**
 * Whether a width or a precision is more than any is allowed to be.
 *
 * @param size The width or the precision; "*" is not known yet.
 */
export function isTooWide(size: number | "*" | undefined): boolean {
  return typeof size === "number" && size > MAX_WIDTH;
}

function wholeNumber(conversion: Conversion, value: unknown): bigint | number {
  const number = real(conversion, value);
  if (typeof number === "bigint" || Number.isSafeInteger(number)) return number;
  if (Number.isFinite(number)) return BigInt(Math.trunc(number)); // All digits of 1e22 too.
  throw new TypeError(`Cannot write ${number} as ${conversion.source}: it is not finite`);
}

function real(conversion: Conversion, value: unknown): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value); // As in Python, where True is 1.
  throw new TypeError(`Cannot write ${inspect(value)} as ${conversion.source}: a number is needed`);
}

function character(conversion: Conversion, value: unknown): string {
  if (typeof value === "string" && [...value].length === 1) return value;
  if (Number.isInteger(value)) return String.fromCodePoint(value as number);
  throw new TypeError(
    `Cannot write ${
      inspect(value)
    } as ${conversion.source}: a code point or one character is needed`,
  );
}

function digits(value: bigint | number, base: number, precision = 0): string {
  const sign = value < 0 ? "-" : "";
  return sign + (value < 0 ? -value : value).toString(base).padStart(precision, "0");
}

function radix(value: bigint | number, base: 8 | 16, flags: string, precision?: number): string {
  const text = digits(value, base, precision);
  return flags.includes("#")
    ? text.replace(/^-?/, (sign) => sign + (base === 8 ? "0o" : "0x"))
    : text;
}

function padNumber({ flags, width }: Conversion, text: string): string {
  const signed = text.startsWith("-")
    ? text
    : flags.includes("+")
    ? `+${text}`
    : flags.includes(" ")
    ? ` ${text}`
    : text;
  const wanted = typeof width === "number" ? width : 0;
  if (flags.includes("-")) return signed.padEnd(wanted);
  if (!flags.includes("0")) return signed.padStart(wanted);
  const sign = /^[-+ ]?(?:0[xXo])?/.exec(signed)?.[0] ?? "";
  return sign + signed.slice(sign.length).padStart(wanted - sign.length, "0");
}

function padText({ flags, width }: Conversion, text: string): string {
  return typeof width === "number" ? pad(text, width, flags.includes("-") ? "<" : ">") : text;
}

/**
 * Writes what is not ASCII as Python's `ascii()` does: `\u00e9`, `\U0001f995`.
 *
 * @param text The text.
 * @returns ASCII only.
 */
export function escapeNonAscii(text: string): string {
  // deno-lint-ignore no-control-regex -- the ASCII range is what is meant
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
