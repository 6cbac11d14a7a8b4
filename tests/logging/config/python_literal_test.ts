import { assert, assertEquals, assertThrows } from "@std/assert";
import { parsePythonLiteral } from "../../../src/logging/config/python_literal.ts";
import { askPython } from "../../support/ask_python.ts";

const LITERALS = [
  "()",
  "(1,)",
  "(1)",
  "('python.log', 'w')",
  "('python.log', 'w',)",
  "[1, -2, +3, 0x1F, 0o17, 0b101, 1_000]",
  "(1.5, .5, 5., 1e3, 2E-2, -0.25)",
  "{'a': 1, \"b\": [True, False, None], 'c': {'d': ()}}",
  "'it''s' \"joined\" 'text'",
  String.raw`'tab\t new\nline quote\' back\\slash hex\x41 uni\u00e9 long\U0001F600 oct\101 odd\d'`,
  String.raw`r'C:\new\x'`,
  "'''three\nlines' in \"one\"'''",
  '""""quoted" at the start"""',
  "'a\\\nb'",
  "('a', # a comment\n 'b')",
  "1, 2",
  "(('localhost', 514), 8)",
  "  ( 'x' , )  ",
  "'ä 漢 🦕'",
  "u'text'",
];

Deno.test("parsePythonLiteral() reads what Python's ast.literal_eval reads", async () => {
  const expected = await askPython<unknown[]>(
    `
import ast
print(json.dumps([ast.literal_eval(each.strip()) for each in json.load(sys.stdin)]))
`,
    LITERALS,
  );
  assertEquals(LITERALS.map((each) => parsePythonLiteral(each)), expected);
});

Deno.test("parsePythonLiteral() reads names that it is given, and no others", () => {
  const names = new Map<string, unknown>([["sys.stdout", "out"], ["handlers.PORT", 9020]]);
  assertEquals(parsePythonLiteral("(sys.stdout, {'port': handlers . PORT})", names), [
    "out",
    { port: 9020 },
  ]);
  assertThrows(
    () => parsePythonLiteral("(sys.stdut,)", names),
    SyntaxError,
    "from character 2: the name sys.stdut is not known, did you mean sys.stdout?",
  );
});

Deno.test("parsePythonLiteral() refuses what would have to be run, and what is no literal", () => {
  const broken: [string, string][] = [
    ["__import__('os').system('id')", "__import__(…) would have to be run"],
    ["(open('x'),)", "open(…) would have to be run"],
    ["().__class__", "only one value may stand here"],
    ["os.environ", "the name os.environ is not known"],
    ["1 + 1", "only one value may stand here"],
    ["[x for x in (1, 2)]", "the name x is not known"],
    ["lambda: 1", "the name lambda is not known"],
    ["'no end", "the text has no end"],
    ["'two\nlines'", "the text has no end"],
    ["(1", 'ends where "," or ")" should follow'],
    ["(1 2)", '"," or ")" should stand here'],
    ["{'a' 1}", '":" should stand here'],
    ["{1: 2}", "keys of a dict should be texts"],
    ["", "ends where a value should follow"],
    ["-'x'", "a number should follow"],
    ["f'{x}'", "the name f is not known"],
    [")", "a value should stand here"],
    [String.raw`'\U00110000'`, "there is no character"],
  ];
  for (const [source, text] of broken) {
    assertThrows(() => parsePythonLiteral(source), SyntaxError, text);
  }
});

Deno.test("parsePythonLiteral() keeps __proto__ a key like any other", () => {
  const value = parsePythonLiteral("{'__proto__': {'polluted': True}}") as object;
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals("polluted" in {}, false);
});

Deno.test("parsePythonLiteral() shows no values in errors, for they may be secret", () => {
  const broken = [
    "('user', 'hunter2', timeout())",
    "('user', 'hunter2', gone)",
    "('user', 'hunter2'",
    "('user', 'hunter2",
    "('user', 'hunter2\\U00110000')",
    "('user' 5 'hunter2')",
    "{'user': 'hunter2', 1: 2}",
    `('hunter2', ${"x".repeat(5000)})`,
  ];
  for (const source of broken) {
    const { message } = assertThrows(() => parsePythonLiteral(source), SyntaxError);
    assert(!message.includes("hunter2") && message.length < 200, message);
  }
});

Deno.test("parsePythonLiteral() refuses what is nested too deep", () => {
  assertEquals(parsePythonLiteral(`${"[".repeat(100)}${"]".repeat(100)}`) instanceof Array, true);
  for (const open of ["(", "[", "-", "{'a':"]) {
    assertThrows(
      () => parsePythonLiteral(open.repeat(100_000)),
      SyntaxError,
      "more than 100 levels deep",
    );
  }
});
