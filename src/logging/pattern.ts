/**
 * The patterns of formatters in Python's three styles: `%(name)s`, `{name}` and `$name`, taken apart
 * into literal text and fields.
 *
 * Ported from CPython's `logging.PercentStyle`, `StrFormatStyle` and `StringTemplateStyle`.
 *
 * @module
 */

import { recordField } from "./record_fields.ts";
import { formatValue } from "./text/format_spec.ts";
import { display } from "./text/inspect.ts";
import { floatRepr } from "./text/number_text.ts";
import { type Conversion, convert, isTooWide, MAX_WIDTH, parseTemplate } from "./text/percent.ts";
import { parseStrFormat, type ReplacementField, writeField } from "./text/str_format.ts";

/** How fields are written in a pattern: `%(name)s`, `{name}` or `$name`. */
export type Style = "%" | "{" | "$";

/** A field of a pattern. */
export interface PatternField {
  /** The field as it was written. */
  readonly source: string;
  /** The name of the record's field. */
  readonly name: string;
  /** Whether a text is written as it is: there is no width and the like. */
  readonly isPlain: boolean;
  /**
   * Writes the field's value.
   *
   * @param value The value.
   * @param isFloat Whether Python would have a float here, though the number is a whole one.
   */
  write(value: unknown, isFloat: boolean): string;
  /** Writes a text in place of a value that is not there, as wide as the value would be. */
  writeInstead(text: string): string;
}

/** A pattern taken apart: literal text and fields, in order. */
export type Pattern = readonly (string | PatternField)[];

interface StyleRules {
  readonly defaultPattern: string;
  parse(pattern: string, isStrict: boolean): Pattern;
}

const STYLES: Readonly<Record<Style, StyleRules>> = {
  "%": { defaultPattern: "%(message)s", parse: parsePercent },
  "{": { defaultPattern: "{message}", parse: parseBraces },
  "$": { defaultPattern: "${message}", parse: parseDollars },
};

/**
 * Takes a pattern apart.
 *
 * @param pattern The pattern; an empty one is the style's default, which is the message alone.
 * @param style How fields are written in it.
 * @param validate Whether it is refused if it can't be read or names no field; otherwise what can't
 *   be read stays as text.
 * @returns Literal text and fields, in order.
 * @throws {TypeError} If it is refused, or no text.
 * @throws {RangeError} If there is no such style, or a width or precision is above {@link MAX_WIDTH}.
 */
export function parsePattern(
  pattern: string | undefined,
  style: Style,
  validate: boolean,
): Pattern {
  if (!Object.hasOwn(STYLES, style)) {
    throw new RangeError(
      `Cannot format records in this style: current value is ${display(style)}, allowed are "%", ` +
        '"{" and "$"',
    );
  }
  if (pattern !== undefined && typeof pattern !== "string") {
    throw new TypeError(
      `Cannot format records as ${display(pattern)}: a pattern such as "%(message)s" is needed`,
    );
  }
  const { defaultPattern, parse } = STYLES[style];
  const text = pattern || defaultPattern;
  const parts = parse(text, validate);
  if (validate && parts.every((part) => typeof part === "string")) {
    throw new TypeError(
      `Cannot format records as "${quote(text)}": it names no field, write one such as ` +
        defaultPattern,
    );
  }
  return parts;
}

function parsePercent(pattern: string, isStrict: boolean): Pattern {
  return parseTemplate(pattern).map((part) => {
    if (typeof part === "string") {
      const wrong = isStrict ? /%\([^)]*\)?.?/.exec(part)?.[0] : undefined;
      if (wrong === undefined) return part;
      throw new TypeError(
        `Cannot format records as "${quote(pattern)}": "${quote(wrong)}" is no conversion, write ` +
          "%(name)s",
      );
    }
    if (part.key === undefined) return part.type === "%" ? "%" : part.source;
    if (isStrict && (part.width === "*" || part.precision === "*")) {
      throw new TypeError(
        `Cannot format records as "${quote(pattern)}": "${quote(part.source)}" takes its width ` +
          "from an argument, write a number in place of the *",
      );
    }
    if (isTooWide(part.width) || isTooWide(part.precision)) {
      if (!isStrict) return part.source;
      throw new RangeError(
        `Cannot format records as "${quote(pattern)}": the width or precision of ` +
          `"${quote(part.source)}" is above ${MAX_WIDTH}`,
      );
    }
    return percentField(part, part.key);
  });
}

/** A pattern as an error shows it: not all of a long one. */
function quote(pattern: string): string {
  return pattern.length <= 200 ? pattern : `${pattern.slice(0, 199)}…`;
}

function percentField(conversion: Conversion, name: string): PatternField {
  const asText = { ...conversion, type: "s" };
  const showsText = "sraOj".includes(conversion.type);
  return {
    source: conversion.source,
    name,
    isPlain: conversion.type === "s" && conversion.width === undefined &&
      conversion.precision === undefined,
    write: (value, isFloat) => {
      return isFloat && showsText && typeof value === "number"
        ? convert(asText, floatRepr(value))
        : convert(conversion, value);
    },
    writeInstead: (text) => convert({ ...asText, precision: undefined }, text),
  };
}

function parseBraces(pattern: string, isStrict: boolean): Pattern {
  return parseStrFormat(pattern, isStrict).map((part) => {
    if (typeof part === "string") return part;
    if (isStrict) checkPath(part);
    return braceField(part);
  });
}

/** What a record always has is text or a number, but `args`: there is nothing to be found within. */
function checkPath({ name, path, source }: ReplacementField): void {
  const isText = name === "asctime" || (name !== "args" && recordField(name) !== undefined);
  if (path.length === 0 || !isText) return;
  throw new TypeError(
    `Cannot format records with "${quote(source)}": ${name} has no parts, write {${name}}`,
  );
}

function braceField(field: ReplacementField): PatternField {
  const { conversion, path, spec } = field;
  const align = spec.align === undefined || spec.align === "="
    ? (/^s?$/.test(spec.type) ? "<" : ">")
    : spec.align;
  const asText = {
    ...spec,
    align,
    fill: spec.zero ? " " : spec.fill,
    sign: "-",
    type: "",
  } as const;
  return {
    source: field.source,
    name: field.name,
    isPlain: spec.source === "" && path.length === 0 && (conversion ?? "s") === "s",
    write: (value, isFloat) => writeField(field, value, isFloat),
    writeInstead: (text) =>
      formatValue(text, { ...asText, alternate: false, grouping: "", precision: undefined }),
  };
}

/** As Python's `string.Template` finds them; the empty group is a `$` that begins nothing. */
const PLACEHOLDER = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\}|)/gi;

function parseDollars(pattern: string, isStrict: boolean): Pattern {
  const parts: (string | PatternField)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(PLACEHOLDER)) {
    const [source, dollar, named, braced] = match;
    parts.push(pattern.slice(end, match.index));
    end = match.index + source.length;
    const name = named ?? braced;
    if (name !== undefined) parts.push(dollarField(source, name));
    else if (dollar !== undefined || !isStrict) parts.push("$");
    else {
      throw new TypeError(
        `Cannot format records as "${quote(pattern)}": a "$" stands alone, write $name or ` +
          "${name}, and $$ for the character",
      );
    }
  }
  parts.push(pattern.slice(end));
  return parts.filter((part) => part !== "");
}

function dollarField(source: string, name: string): PatternField {
  return {
    source,
    name,
    isPlain: true,
    write: (value, isFloat) =>
      isFloat && typeof value === "number" ? floatRepr(value) : display(value),
    writeInstead: (text) => text,
  };
}
