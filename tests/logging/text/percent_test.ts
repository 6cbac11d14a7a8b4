import { assertEquals, assertThrows } from "@std/assert";
import { convert, parseTemplate } from "../../../src/logging/text/percent.ts";
import { askPython } from "../../support/ask_python.ts";

/** Writes one value into a template. */
function write(template: string, value: unknown): string {
  return parseTemplate(template)
    .map((part) => typeof part === "string" ? part : convert(part, value)).join("");
}

Deno.test("parseTemplate() takes keys, flags, width and precision apart", () => {
  assertEquals(parseTemplate("a %(levelname)-8.3s%% 100% z"), [
    "a ",
    {
      source: "%(levelname)-8.3s",
      key: "levelname",
      flags: "-",
      width: 8,
      precision: 3,
      type: "s",
    },
    {
      source: "%%",
      key: undefined,
      flags: "",
      width: undefined,
      precision: undefined,
      type: "%",
    },
    " 100% z",
  ]);
});

Deno.test("parseTemplate() reads what is almost a conversion as text, and finds the one behind", () => {
  const cases: [string, string[]][] = [
    ["%", []],
    ["%%%", ["%%"]],
    ["%(a", []],
    ["%(a %d", ["%d"]],
    ["%(%d)", ["%d"]],
    ["%(a)(b)s", []],
    ["%()s", ["%()s"]],
    ["%(%)s", ["%(%)s"]],
    ["%(a%s)q %(b)s", ["%s", "%(b)s"]],
    ["%0-+ #05.3ld", ["%0-+ #05.3ld"]],
    ["%-0*.*d%.f%5.%d", ["%-0*.*d", "%.f", "%5.%"]],
    ["%5-d%**d%.5.5d%lld", []],
    ["%5 %d", ["%d"]],
  ];
  for (const [template, conversions] of cases) {
    const parts = parseTemplate(template);
    const found = parts.flatMap((part) => typeof part === "string" ? [] : [part.source]);
    assertEquals(found, conversions, template);
    const written = parts.map((part) => typeof part === "string" ? part : part.source).join("");
    assertEquals(written, template);
  }
});

Deno.test("parseTemplate() takes time in proportion to the length", () => {
  const size = 500_000;
  const hostile = [
    "%(".repeat(size),
    `%${"0".repeat(size)}`,
    `%${"9".repeat(size)}`,
    `${"%(".repeat(size)})${"0".repeat(size)}`,
    `${"%(".repeat(size)}${")0".repeat(size)}`,
    "%(a)0z".repeat(size),
    "%.z".repeat(size),
    "%(a%z".repeat(size),
  ];
  for (const template of hostile) {
    const found = parseTemplate(template).filter((part) => typeof part !== "string");
    assertEquals(found.length, 0, template.slice(0, 20));
  }
});

Deno.test("convert() refuses widths and precisions that no line has", () => {
  assertEquals(write("%10000d", 1).length, 10_000);
  for (const template of ["%10001d", "%999999999s", "%.10001f", "%.99999999999999999999d"]) {
    assertThrows(() => write(template, 1), RangeError, "allowed are up to 10000");
  }
});

Deno.test("convert() writes numbers and text as Python does", async () => {
  const numbers = [
    0,
    1,
    -1,
    12,
    12.7,
    -0.5,
    0.5,
    1.5,
    2.5,
    1.25,
    0.125,
    1e-5,
    123456.789,
    1e6,
    1e21,
    2 ** 53 - 1,
    -(2 ** 53),
    1e22,
    -1e22,
  ];
  const templates = [
    ...["%d", "%i", "%u", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%x", "%X", "%#x", "%o"],
    ...["%#o", "%f", "%.0f", "%.1f", "%.2f", "%8.2f", "%-8.2f|", "%08.2f", "%+.1f", "%e", "%.2e"],
    ...["%E", "%g", "%.3g", "%G", "%#g", "%#.0f", "%#.1e", "%#.1g", "%.10g", "%12g"],
  ];
  const cases: [string, unknown][] = templates.flatMap((template) =>
    numbers
      .filter((number) => Number.isSafeInteger(number) || !/[xXo]/.test(template))
      .map((number): [string, unknown] => [template, number])
  );
  for (const template of ["%s", "%5s", "%-5s|", "%.2s", "%5.1s", "%c"]) {
    for (const text of ["é", "x"]) cases.push([template, text]);
  }
  cases.push(["%.2s", "abc"], ["%-8s|", "WARN"], ["%c", 8364], ["%d", true]);
  cases.push(["%g", 1.5e20], ["%4s|", "🦕"], ["%-4s|", "🦕x"], ["%.1s", "🦕x"], ["%.1s", "x🦕"]);
  const expected = await askPython<string[]>(
    "print(json.dumps([template % value for template, value in json.load(sys.stdin)]))",
    cases,
  );
  assertEquals(cases.map(([template, value]) => write(template, value)), expected);
});

Deno.test("convert() writes what is not finite as Python does, and big integers whole", () => {
  assertEquals([NaN, Infinity, -Infinity].map((n) => write("%.1f", n)), ["nan", "inf", "-inf"]);
  assertEquals(write("%F", Infinity), "INF");
  assertEquals(write("%d", 12345678901234567890n), "12345678901234567890");
  assertThrows(() => write("%d", NaN), TypeError, "Cannot write NaN as %d");
  assertThrows(() => write("%d", "12"), TypeError, 'Cannot write "12" as %d: a number is needed');
});

Deno.test("convert() shows any value on one line", () => {
  assertEquals(
    write("%s", { a: [1, 2], b: new Map([["k", 1]]) }),
    '{ a: [ 1, 2 ], b: Map(1) { "k" => 1 } }',
  );
  assertEquals(write("%s", new RangeError("far")), "RangeError: far");
  assertEquals(write("%s", new Date(0)), "1970-01-01T00:00:00.000Z");
  for (const number of [0, -0, 7, -1.5, 1e21, 2 ** 53, 5e-324, NaN, -Infinity]) {
    assertEquals(write("%s", number), Deno.inspect(number));
  }
  assertEquals(write("%r", "text"), '"text"');
  assertEquals(write("%j", { a: 1 }), '{"a":1}');
  assertEquals(write("%s", undefined), "undefined");
  assertEquals(write("%a", "é🦕"), '"\\u00e9\\U0001f995"');
});
