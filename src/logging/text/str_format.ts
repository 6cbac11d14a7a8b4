/**
 * Python's `str.format` for named fields: `{name}`, `{name!r}`, `{ms:>8.2f}`, `{{` and `}}`.
 *
 * The rules are those of "Format String Syntax" in Python's library reference. Fields by number
 * (`{}`, `{0}`) and fields within a specification (`{name:{width}}`) are not among them.
 *
 * @module
 */

import { type FormatSpec, formatValue, parseFormatSpec } from "./format_spec.ts";
import { display, inspect } from "./inspect.ts";
import { escapeNonAscii } from "./percent.ts";

/** One replacement field, such as `{user.name!r:>8}`. */
export interface ReplacementField {
  /** The field as it was written, with its braces. */
  readonly source: string;
  /** The name of the field. */
  readonly name: string;
  /** What is taken of it: `.name` and `[0]`. */
  readonly path: readonly string[];
  /** How the value becomes text first: as `repr`, `str` or `ascii` do. */
  readonly conversion: "r" | "s" | "a" | undefined;
  /** How the value is written. */
  readonly spec: FormatSpec;
}

const PART = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const FIELD = /^([^!:]*)(?:!([^:]*))?(?::(.*))?$/s;
const NAME = /^([^.[\]]+)((?:\.[^.[\]]+|\[[^\]]+\])*)$/;

/**
 * Takes a pattern apart.
 *
 * @param pattern The text with its fields.
 * @param isStrict Whether what is no field is refused; otherwise it stays as text.
 * @returns Literal text and fields, in order.
 * @throws {TypeError} If a brace stands alone, or a field can't be read.
 */
export function parseStrFormat(
  pattern: string,
  isStrict: boolean,
): readonly (string | ReplacementField)[] {
  const parts: (string | ReplacementField)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(PART)) {
    const [source, inside] = match;
    parts.push(pattern.slice(end, match.index));
    end = match.index + source.length;
    if (source === "{{" || source === "}}") parts.push(source.charAt(0));
    else parts.push(parseOrKeep(source, inside, isStrict));
  }
  parts.push(pattern.slice(end));
  return parts.filter((part) => part !== "");
}

function parseOrKeep(
  source: string,
  inside: string | undefined,
  isStrict: boolean,
): string | ReplacementField {
  try {
    if (inside !== undefined) return parseField(source, inside);
    throw new TypeError(
      `Cannot read a single "${source}" in a pattern: write "${source}${source}" for the ` +
        "character; a field can't stand within another one",
    );
  } catch (error) {
    if (isStrict) throw error;
    return source;
  }
}

function parseField(source: string, inside: string): ReplacementField {
  const [, fullName = "", conversion, spec = ""] = FIELD.exec(inside) ?? [];
  const [, name, path = ""] = NAME.exec(fullName) ?? [];
  if (name === undefined) {
    throw new TypeError(
      `Cannot read ${source.slice(0, 60)} in a pattern: write a name, such as {message}`,
    );
  }
  if (
    conversion !== undefined && conversion !== "r" && conversion !== "s" && conversion !== "a"
  ) {
    throw new TypeError(
      `Cannot read ${source.slice(0, 60)} in a pattern: the conversion is ` +
        `"!${conversion.slice(0, 60)}", allowed are !r, !s and !a`,
    );
  }
  const keys = [...path.matchAll(/\.([^.[\]]+)|\[([^\]]+)\]/g)]
    .map(([, attribute, index]) => attribute ?? index ?? "");
  return { source, name, path: keys, conversion, spec: parseFormatSpec(spec) };
}

/**
 * Writes the value of a field.
 *
 * @param field The field.
 * @param value The value of the field's name; the field's path is followed from there.
 * @param isFloat Whether Python would have a float here, though the number is a whole one.
 * @returns The text.
 * @throws {TypeError} If the value does not fit the specification, such as a word for `d`.
 * @throws {RangeError} If the path leads to nothing.
 */
export function writeField(field: ReplacementField, value: unknown, isFloat = false): string {
  const found = follow(field, value);
  return formatValue(convertFirst(found, field.conversion), field.spec, isFloat);
}

function follow({ path, source }: ReplacementField, value: unknown): unknown {
  for (const key of path) {
    if (value instanceof Map && value.has(key)) value = value.get(key);
    else if (typeof value === "object" && value !== null && key in value) {
      value = Reflect.get(value, key);
    } else {
      throw new RangeError(`Cannot write ${source}: there is no "${key}" in ${inspect(value)}`);
    }
  }
  return value;
}

function convertFirst(value: unknown, conversion: ReplacementField["conversion"]): unknown {
  switch (conversion) {
    case "r":
      return inspect(value);
    case "s":
      return display(value);
    case "a":
      return escapeNonAscii(inspect(value));
    case undefined:
      return value;
  }
}
