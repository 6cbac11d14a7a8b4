import { assertEquals, assertThrows } from "@std/assert";
import { formatValue, parseFormatSpec } from "../../../src/logging/text/format_spec.ts";
import { parseStrFormat, writeField } from "../../../src/logging/text/str_format.ts";
import { askPython } from "../../support/ask_python.ts";

/** Writes fields into a pattern. */
function format(pattern: string, fields: Record<string, unknown>): string {
  return parseStrFormat(pattern, true)
    .map((part) => typeof part === "string" ? part : writeField(part, fields[part.name])).join("");
}

const INTEGERS = [0, 1, -1, 12, 255, -1234, 1234567, Number.MAX_SAFE_INTEGER];
const FLOATS = [0.5, -0.5, 1.5, 2.5, 0.1, 1e-5, 1.5e-7, 123456.789, -1234567.5, 3.14159, 99.995];
const TEXTS = ["", "a", "WARN", "é🦕x"];

/** Every part of a specification with every other, for values that Python has a rule for. */
function cases(): [value: unknown, spec: string][] {
  const found: [unknown, string][] = [];
  const add = (values: readonly unknown[], aligns: string[], middles: string[], ends: string[]) => {
    for (const align of aligns) {
      for (const middle of middles) {
        for (const end of ends) {
          for (const value of values) found.push([value, `${align}${middle}${end}`]);
        }
      }
    }
  };
  const aligns = ["", "<", ">", "*^", "0=", "🦕>"];
  const middles = ["", "9", "012", "+", " 08", "#", "#014"];
  add(INTEGERS, aligns, middles, ["", ",", "_", "d", "b", "o", "x", "X", "_x", "_b", "n"]);
  add(INTEGERS, aligns, middles, ["f", ",.1f", ".2e", "g", "%"]);
  add(FLOATS, aligns, middles, ["", ",", ".3", "f", ".0f", ",.1f", "_.2f", "F"]);
  add(FLOATS, aligns, middles, ["e", ".1E", "g", ".3g", "G", ",.9g", "%", ".1%", "n"]);
  add(TEXTS, ["", "<", ">", "*^", "🦕>"], ["", "6", "06", "1"], ["", "s", ".2", ".2s"]);
  add([97, 8364, 129429], aligns, ["", "5", "05"], ["c"]);
  return found;
}

Deno.test("formatValue() writes numbers and texts as Python does", async () => {
  const given = cases();
  const expected = await askPython<string[]>(
    "print(json.dumps([format(value, spec) for value, spec in json.load(sys.stdin)]))",
    given,
  );
  const written = given.map(([value, spec]) => formatValue(value, parseFormatSpec(spec)));
  const wrong = given.map((pair, index) => [...pair, written[index], expected[index]])
    .filter(([, , ours, python]) => ours !== python);
  assertEquals(wrong, []);
});

Deno.test("formatValue() writes what is not finite, and floats that are whole, as Python does", async () => {
  const specs = ["", "010", "<8", "08,.2f", "F", "%", "+"];
  const expected = await askPython<string[]>(
    `values = [float("nan"), float("inf"), float("-inf"), 7.0, 0.0, 1e16, 1e22]
print(json.dumps([format(value, spec) for spec in json.load(sys.stdin) for value in values]))`,
    specs,
  );
  const values = [NaN, Infinity, -Infinity, 7, 0, 1e16, 1e22];
  const written = specs.flatMap((spec) =>
    values.map((value) => formatValue(value, parseFormatSpec(spec), true))
  );
  assertEquals(written, expected);
});

Deno.test("formatValue() shows any other value as text, and writes big integers whole", () => {
  assertEquals(
    formatValue(12345678901234567890n, parseFormatSpec(",")),
    "12,345,678,901,234,567,890",
  );
  assertEquals(formatValue({ a: 1 }, parseFormatSpec(">10")), "  { a: 1 }");
  assertEquals(formatValue(null, parseFormatSpec("")), "null");
  assertEquals(formatValue(true, parseFormatSpec("d")), "1");
  assertEquals(formatValue(7, parseFormatSpec("3s")), "7  ");
});

Deno.test("formatValue() refuses what does not fit, as Python does", () => {
  const bad: [unknown, string, string][] = [
    ["12", "d", 'Cannot write "12" as "d": a number is needed'],
    [1.5, "x", "a whole number is needed"],
    [12, ".3d", "a whole number has no precision"],
    [12, ",x", 'can\'t be grouped by ","'],
    ["a", "=5", "are for numbers"],
    ["a", "+", "are for numbers"],
    [-1, "c", "a code point is needed"],
  ];
  for (const [value, spec, text] of bad) {
    assertThrows(() => formatValue(value, parseFormatSpec(spec)), TypeError, text);
  }
  for (const spec of ["5.", "q", "--", "<<<", "5x5"]) {
    assertThrows(() => parseFormatSpec(spec), TypeError, `Cannot use "${spec}" as a format`);
  }
});

Deno.test("parseStrFormat() reads braces, conversions and paths as Python does", async () => {
  const patterns = [
    ...["{name}", "{{{name}}}", "{{name}}", "{name}}}", "a{name:>8}b", "{name!s:6}|"],
    ...["{list[1]}", "{n:05d} {n}", "{name!a}"],
  ];
  const fields = { name: "app", n: 7, list: [1, 2] };
  const expected = await askPython<string[]>(
    `given = json.load(sys.stdin)
print(json.dumps([p.format(**given["fields"]).replace("'", '"') for p in given["patterns"]]))`,
    { patterns, fields },
  );
  assertEquals(patterns.map((pattern) => format(pattern, fields)), expected);
  assertEquals(
    format("{user.name} {map[id]}", { user: { name: "ann" }, map: new Map([["id", 3]]) }),
    "ann 3",
  );
});

Deno.test("parseStrFormat() refuses what it can't read, or leaves it as it is", () => {
  const bad: [string, string][] = [
    ["{name", 'a single "{"'],
    ["name}", 'a single "}"'],
    ["{name:{width}}", "can't stand within another one"],
    ["{}", "Cannot read {} in a pattern: write a name"],
    ["{name!x}", 'the conversion is "!x", allowed are !r, !s and !a'],
    ["{name:>>q}", 'Cannot use ">>q" as a format'],
  ];
  for (const spec of ["10001", ".10001f", `<${"9".repeat(5000)}`]) {
    assertThrows(() => parseFormatSpec(spec), RangeError, "a width or precision is above 10000");
    assertEquals(parseStrFormat(`{a:${spec}}`, false), [`{a:${spec}}`]);
  }
  for (const [pattern, text] of bad) {
    assertThrows(() => parseStrFormat(pattern, true), TypeError, text);
    assertEquals(typeof parseStrFormat(pattern, false)[0], "string");
  }
  assertThrows(() => format("{name.first}", { name: "x" }), RangeError, 'there is no "first"');
});

Deno.test("parseStrFormat() and formatValue() take time in proportion to the length", () => {
  const size = 500_000;
  const hostile = ["{a".repeat(size), `{a${"[".repeat(size)}}`, `{a${".a".repeat(size)}.}`];
  hostile.push(`{${"a".repeat(size)}!${"a".repeat(size)}}`, `{a:${"9".repeat(size)}}`);
  for (const pattern of hostile) {
    const found = parseStrFormat(pattern, false).filter((part) => typeof part !== "string");
    assertEquals(found.length, 0, pattern.slice(0, 20));
  }
  const spec = parseFormatSpec("010000,");
  for (let round = 0; round < 200; round++) {
    assertEquals(formatValue(7, spec).endsWith("0,000,007"), true);
  }
});
