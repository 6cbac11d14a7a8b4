/**
 * Python's format specifications, such as `>8`, `08.3f` and `_x`: what stands behind the colon of
 * `{field:spec}`.
 *
 * The rules are those of "Format Specification Mini-Language" in Python's library reference; a test
 * runs the same specifications through Python.
 *
 * @module
 */

import { display, inspect } from "./inspect.ts";
import { floatRepr, floatText } from "./number_text.ts";
import { type Alignment, clip, pad } from "./padding.ts";
import { isTooWide, MAX_WIDTH } from "./percent.ts";

/** A format specification taken apart. */
export interface FormatSpec {
  /** As it was written. */
  readonly source: string;
  /** The character that fills up to the width. */
  readonly fill: string;
  /** Where the value stands; `=` fills between the sign and the digits. */
  readonly align: Alignment | "=" | undefined;
  /** Whether a zero stands before the width: numbers are then filled behind their sign. */
  readonly zero: boolean;
  /** How numbers from 0 up are signed: `+`, a space, or not at all. */
  readonly sign: "+" | "-" | " ";
  /** Whether whole numbers get a prefix (`0x`) and floats keep their point. */
  readonly alternate: boolean;
  /** The least number of characters. */
  readonly width: number;
  /** What stands between groups of digits. */
  readonly grouping: "," | "_" | "";
  /** Digits after the point, or most characters of a text. */
  readonly precision: number | undefined;
  /** The letter: one of `bcdeEfFgGnosxX%`, or nothing. */
  readonly type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/su;

/**
 * Takes a format specification apart.
 *
 * @param source The text behind the colon.
 * @returns Its parts.
 * @throws {TypeError} If it is none.
 * @throws {RangeError} If the width or the precision is above {@link MAX_WIDTH}.
 */
export function parseFormatSpec(source: string): FormatSpec {
  const match = SPEC.exec(source);
  if (!match) {
    throw new TypeError(
      `Cannot use "${
        source.slice(0, 60)
      }" as a format: write [[fill]align][sign][#][0][width][,][.precision]` +
        "[type], such as >8, 08.3f or x",
    );
  }
  const [, fill, align, sign = "-", alternate, zero, width, grouping = "", precision, type = ""] =
    match;
  if (isTooWide(Number(width ?? 0)) || isTooWide(Number(precision ?? 0))) {
    throw new RangeError(
      `Cannot use "${source.slice(0, 60)}" as a format: a width or precision is above ${MAX_WIDTH}`,
    );
  }
  // Behind a fill of its own, the zero is only a digit of the width: both read the same.
  const isZero = zero !== undefined && fill === undefined;
  return {
    source,
    fill: fill ?? (isZero ? "0" : " "),
    align: align as FormatSpec["align"], // The expression allows no other.
    zero: isZero,
    sign: sign as FormatSpec["sign"],
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping as FormatSpec["grouping"],
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

/**
 * Writes a value as a format specification says.
 *
 * @param value A number, a text, or anything, which is then shown as text.
 * @param spec The specification.
 * @param isFloat Whether Python would have a float here, though the number is a whole one.
 * @returns The text, filled up to the width.
 * @throws {TypeError} If the value does not fit, such as a word for `d`.
 */
export function formatValue(value: unknown, spec: FormatSpec, isFloat = false): string {
  if (typeof value === "number" || typeof value === "bigint") {
    // What a number type can't write is written as text: no record is lost for an "s".
    return spec.type === "s"
      ? formatText(display(value), spec)
      : formatNumber(value, spec, isFloat);
  }
  if (spec.type === "" || spec.type === "s") return formatText(display(value), spec);
  if (typeof value === "boolean") return formatNumber(Number(value), spec, false); // True is 1.
  throw refusal(value, spec, "a number is needed");
}

function formatText(text: string, spec: FormatSpec): string {
  const { align = "<", fill, width, precision } = spec;
  if (align === "=" || spec.sign !== "-" || spec.alternate || spec.grouping !== "") {
    throw refusal(text, spec, "sign, =, # and grouping are for numbers");
  }
  return pad(clip(text, precision), width, align, fill);
}

/** What a number is written as, before it is filled up: `-`, `0x`, `1234`, `.5e+10`. */
interface NumberParts {
  readonly sign: string;
  readonly prefix: string;
  /** The digits before the point, which may be grouped. */
  readonly digits: string;
  readonly rest: string;
  /** How many digits make a group. */
  readonly groupSize: number;
}

function formatNumber(value: number | bigint, spec: FormatSpec, isFloat: boolean): string {
  if (spec.type === "c") return formatCodePoint(value, spec);
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  const isInteger = /[bdoxX]/.test(spec.type) ||
    (/^n?$/.test(spec.type) && isWhole && !isFloat && Math.abs(Number(value)) < 1e21);
  if (isInteger && !isWhole) throw refusal(value, spec, "a whole number is needed");
  if (isInteger && spec.precision !== undefined && spec.type !== "") {
    throw refusal(value, spec, "a whole number has no precision");
  }
  const parts = isInteger && spec.precision === undefined
    ? integerParts(BigInt(value), spec)
    : floatParts(Number(value), spec);
  if (
    spec.grouping !== "" && (spec.type === "n" || (spec.grouping === "," && parts.groupSize === 4))
  ) {
    throw refusal(value, spec, `${spec.type} can't be grouped by "${spec.grouping}"`);
  }
  return fillNumber(parts, spec);
}

function formatCodePoint(value: number | bigint, spec: FormatSpec): string {
  const code = Number(value);
  const inRange = Number.isInteger(code) && code >= 0 && code <= 0x10ffff;
  const isPlain = spec.sign === "-" && !spec.alternate && spec.grouping === "";
  if (!inRange || !isPlain || spec.precision !== undefined) {
    throw refusal(value, spec, "a code point is needed, with no more than a width");
  }
  const align = spec.align === "=" ? undefined : spec.align;
  return pad(String.fromCodePoint(code), spec.width, align ?? ">", spec.fill);
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function integerParts(value: bigint, spec: FormatSpec): NumberParts {
  const base = BASES[spec.type] ?? 10;
  const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : "";
  const digits = (value < 0n ? -value : value).toString(base);
  return {
    sign: signOf(value < 0n, spec),
    prefix,
    digits: spec.type === "X" ? digits.toUpperCase() : digits,
    rest: "",
    groupSize: base === 10 ? 3 : 4,
  };
}

function floatParts(value: number, spec: FormatSpec): NumberParts {
  const { type, precision, alternate } = spec;
  const text = type === ""
    ? floatRepr(value, precision, alternate)
    : type === "%"
    ? `${floatText("f", value * 100, precision ?? 6, alternate)}%`
    : floatText(type === "n" ? "g" : type, value, precision ?? 6, alternate);
  const [, minus, digits = "", rest = ""] = /^(-?)(\d*)(.*)$/.exec(text) ?? [];
  return { sign: signOf(minus === "-", spec), prefix: "", digits, rest, groupSize: 3 };
}

function signOf(isNegative: boolean, { sign }: FormatSpec): string {
  return isNegative ? "-" : sign === "-" ? "" : sign;
}

function fillNumber({ sign, prefix, digits, rest, groupSize }: NumberParts, spec: FormatSpec) {
  const { fill, width, grouping } = spec;
  const align = spec.align ?? (spec.zero ? "=" : ">");
  const before = sign + prefix;
  if (align !== "=") return pad(before + group(digits, spec, groupSize) + rest, width, align, fill);
  const room = width - before.length - rest.length;
  // Zeros that fill are grouped like digits; what is not finite has none.
  const filled = fill === "0" && grouping !== "" && digits !== ""
    ? group(digits, spec, groupSize, room)
    : group(digits, spec, groupSize);
  return before + pad(filled + rest, width - before.length, ">", fill);
}

function group(digits: string, { grouping }: FormatSpec, size: number, atLeast = 0): string {
  if (grouping === "") return digits;
  // A separator stands before every group but the first: so many digits fit into the room.
  const zeros = Math.floor((atLeast * size) / (size + 1)) + 1;
  const padded = digits.padStart(zeros, "0");
  const groups: string[] = [];
  for (let end = padded.length; end > 0; end -= size) {
    groups.unshift(padded.slice(Math.max(end - size, 0), end));
  }
  return groups.join(grouping);
}

function refusal(value: unknown, { source }: FormatSpec, reason: string): TypeError {
  return new TypeError(`Cannot write ${inspect(value)} as "${source}": ${reason}`);
}
