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

const CONVERSION =
  /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([diouxXeEfFgGcrsajO%])/g;

/**
 * Takes a template apart. A `%` that begins no conversion stays as text.
 *
 * @param template The text with its conversions.
 * @returns Literal text and conversions, in order.
 */
export function parseTemplate(template: string): Template {
  const parts: (string | Conversion)[] = [];
  let end = 0;
  for (const match of template.matchAll(CONVERSION)) {
    if (match.index > end) parts.push(template.slice(end, match.index));
    const [source, key, flags = "", width, precision, type = "s"] = match;
    end = match.index + source.length;
    parts.push({ source, key, flags, width: size(width), precision: size(precision), type });
  }
  if (end < template.length) parts.push(template.slice(end));
  return parts;
}

function size(digits: string | undefined): number | "*" | undefined {
  if (digits === undefined || digits === "*") return digits;
  return Number(digits); // "%.f" has an empty precision, which is 0.
}

/**
 * Writes one value as a conversion says.
 *
 * @param conversion What to do; its width and precision are numbers here.
 * @param value The value.
 * @returns The text, padded to the width.
 * @throws {TypeError} If the value does not fit the conversion, such as a word for `%d`.
 */
export function convert(conversion: Conversion, value: unknown): string {
  const { flags, type } = conversion;
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

function wholeNumber(conversion: Conversion, value: unknown): bigint {
  const number = real(conversion, value);
  if (typeof number === "bigint") return number;
  if (Number.isFinite(number)) return BigInt(Math.trunc(number));
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

function digits(value: bigint, base: number, precision = 0): string {
  const sign = value < 0n ? "-" : "";
  return sign + (value < 0n ? -value : value).toString(base).padStart(precision, "0");
}

function radix(value: bigint, base: 8 | 16, flags: string, precision?: number): string {
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
