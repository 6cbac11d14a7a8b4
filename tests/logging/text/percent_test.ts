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
  assertEquals(write("%r", "text"), '"text"');
  assertEquals(write("%j", { a: 1 }), '{"a":1}');
  assertEquals(write("%s", undefined), "undefined");
  assertEquals(write("%a", "é🦕"), '"\\u00e9\\U0001f995"');
});
