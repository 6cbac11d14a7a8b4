import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseIni } from "../../../src/logging/config/ini.ts";
import { askPython } from "../../support/ask_python.ts";

const FILES = [
  "[a]\nkey = value\nOther: text with = and :\nempty =\n",
  "; comment\n# comment\n[a]\nx = 1 ; not a comment\n  # a comment within\ny = 2 # neither\n",
  "[a]\nlong = one\n  two\n\n  three\n\n\nnext = 1\n",
  "[DEFAULT]\nroot = /var/log\nname = app\n[a]\nfile = %(root)s/%(NAME)s.log\nrate = 100%%\n",
  "[a]\nname = x\nsame = %(name)s-%(given)s\n[b]\nsame = %(given)s\n",
  "\uFEFF[a b]\r\nkey=value\r\n[c]\r\n",
  "[a]\nkey with spaces = 1\nurl: http://x:1/\n  [not a section]\n",
  "[DEFAULT]\na = 1\n[x]\nb = %(a)s\n[DEFAULT]\nc = 3\n",
  "[a] trailing\nk=v\n",
  "  [indented]\n  k = v\n",
];

Deno.test("parseIni() reads what Python's configparser reads", async () => {
  const expected = await askPython(
    `
import configparser
def read(text):
    parser = configparser.ConfigParser({"Given": "from %% code"})
    parser.read_string(text.lstrip("\\ufeff"))
    return {name: dict(parser[name]) for name in parser.sections()}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`,
    FILES,
  );
  const ours = FILES.map((text) => {
    const sections = parseIni(text, { Given: "from %% code" });
    const shared = text.includes("[DEFAULT]") ? ["root", "name", "a", "c"] : [];
    return Object.fromEntries(Array.from(sections, ([name, section]) => {
      const keys = new Set([...section.keys, ...shared, "given"]);
      const values = Array.from(keys, (key) => [key, section.get(key)] as const);
      return [name, Object.fromEntries(values.filter(([, value]) => value !== undefined))];
    }));
  });
  assertEquals(ours, expected);
});

Deno.test("parseIni() keeps what is read raw as it stands", () => {
  const section = parseIni("[a]\nformat = %(asctime)s %(message)s %%\n").get("a");
  assertEquals(section?.raw("format"), "%(asctime)s %(message)s %%");
});

Deno.test("parseIni() refuses what Python refuses, and says where", async () => {
  const broken: [string, string][] = [
    ["key = 1\n", "Line 1 stands before any [section]"],
    ["[a]\nno value\n", "Line 2 is neither [section] nor key = value"],
    ["[a]\n[a]\n", "Line 2: section [a] stands there twice"],
    ["[a]\nk = 1\nK = 2\n", "Line 3: k stands twice in its section"],
    ["[a]\n= 1\n", "Line 2 is neither"],
    ["[a]\nk = %(k)s\n", "[a] k: %(…)s refers to itself"],
    ["[a]\nk = %(gone)s\n", "[a] k: there is no gone for %(gone)s"],
    ["[a]\nk = %()s\n", '[a] k: after the "%" at character 1 write'],
    ["[a]\nk = %()x)s\n", '[a] k: after the "%" at character 1 write'],
    ["[a]\nk = 100%\n", '[a] k: after the "%" at character 4 write "%" or "(name)s"'],
  ];
  const refused = await askPython<boolean[]>(
    `
import configparser
def refuses(text):
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
        [dict(parser[name]) for name in parser.sections()]
    except configparser.Error:
        return True
    return False
print(json.dumps([refuses(text) for text in json.load(sys.stdin)]))
`,
    broken.map(([text]) => text),
  );
  assertEquals(refused, broken.map(() => true));
  for (const [text, message] of broken) {
    assertThrows(
      () => parseIni(text).forEach((section) => section.keys.forEach((key) => section.get(key))),
      SyntaxError,
      message,
    );
  }
});

Deno.test("parseIni() takes no time for hostile lines, and no memory for hostile references", () => {
  const spaces = " ".repeat(500_000);
  assertThrows(() => parseIni(`[a]\nx${spaces}y\n`), SyntaxError, "is neither [section]");
  let text = "[a]\nx0 = 0123456789\n";
  for (let n = 1; n < 9; n++) text += `x${n} = ${`%(x${n - 1})s`.repeat(100)}\n`;
  const section = parseIni(text).get("a");
  assertThrows(() => section?.get("x8"), SyntaxError, "refers to itself, or to too many others");
  const open = parseIni(`[a]\nk = ${"%(a".repeat(300_000)}\n`).get("a");
  assertThrows(() => open?.get("k"), SyntaxError, 'after the "%" at character 1');
});

Deno.test("parseIni() shows no values in errors, for they may be secret, and names not whole", () => {
  const long = "n".repeat(5000);
  const files = [
    "hunter2 = 1\n",
    "[a]\nargs = (\n'hunter2')\n",
    "[a]\nk = user hunter2%x\n",
    "[a]\nk = hunter2 %(gone)s\n",
    `[a]\nk = %(${long})s\n`,
    `[a]\n${long} = 1\n${long} = 2\n`,
    `[${long}]\n[${long}]\n`,
  ];
  for (const text of files) {
    const error = assertThrows(
      () => parseIni(text).forEach((section) => section.keys.forEach((key) => section.get(key))),
      SyntaxError,
    );
    assert(!error.message.includes("hunter2") && error.message.length < 300, error.message);
  }
});
