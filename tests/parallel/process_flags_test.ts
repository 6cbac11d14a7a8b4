/** What a program's own flags say, and what of it its processes get. */

import { assertEquals } from "@std/assert";
import { splitWords } from "../../src/parallel/backends/command_line.ts";
import { parseFlags } from "../../src/parallel/backends/program_flags.ts";

/** Command lines of Deno, and the flags that a process gets of them. */
const SHARED: readonly [given: string, shared: string][] = [
  ["run main.ts", ""],
  ["run -A main.ts", ""],
  ["run --config=app.json main.ts", "--config=app.json"],
  ["run --config app.json -A main.ts", "--config=app.json"],
  ["run -c app.json main.ts", "--config=app.json"],
  ["run -c=app.json main.ts", "--config=app.json"],
  ["run -Ac app.json main.ts", "--config=app.json"],
  ["run -RWcapp.json main.ts", "--config=app.json"],
  ["run --import-map map.json --no-config main.ts", "--import-map=map.json --no-config"],
  ["--unstable-kv run --unstable-cron main.ts", "--unstable-kv --unstable-cron"],
  [
    "run --no-lock --cached-only --node-modules-dir=auto main.ts",
    "--no-lock --cached-only --node-modules-dir=auto",
  ],
  ["run --lock=a.lock --frozen main.ts", "--lock=a.lock --frozen"],
  [
    "run --v8-flags=--expose-gc,--stack-size=900 main.ts",
    "--v8-flags=--expose-gc,--stack-size=900",
  ],
  ["test --parallel --filter name --config deno.json tests/a_test.ts", "--config=deno.json"],
  ["run --location https://example.com/?a=b main.ts", "--location=https://example.com/?a=b"],
  [
    "run --preload ./before.ts --import=./too.ts main.ts",
    "--preload=./before.ts --import=./too.ts",
  ],
  ["run --preload=ours --preload ours main.ts", ""],
  // Of the program alone: its debugger, its tests, what it watches, its type check.
  ["run --inspect --watch --check --env-file=.env --reload main.ts", ""],
];

for (const [given, shared] of SHARED) {
  Deno.test(`parseFlags() of deno ${given} shares ${shared || "nothing"}`, () => {
    const flags = parseFlags(given.split(" "), (preload) => preload === "ours");
    assertEquals(flags.shared.join(" "), shared);
  });
}

Deno.test("parseFlags() reads the lists of permissions, in all their spellings", () => {
  const given =
    "run -R=a,b --allow-read=c,,d -W --allow-net=x.y:80 --deny-net=z --ignore-env=E -S=uid m.ts";
  const { allowed, denied, ignored, isComplete } = parseFlags(given.split(" "));
  assertEquals([...allowed], [
    ["read", ["a", "b", "c,d"]],
    ["write", []],
    ["net", ["x.y:80"]],
    ["sys", ["uid"]],
  ]);
  assertEquals([...denied], [["net", ["z"]]]);
  assertEquals([...ignored], [["env", ["E"]]]);
  assertEquals(isComplete, true);
});

Deno.test("parseFlags() knows that it does not know what a configuration allows", () => {
  for (const flag of ["-P", "-P=strict", "--permission-set", "-WP"]) {
    assertEquals(parseFlags(["run", flag, "main.ts"]).isComplete, false, flag);
  }
  assertEquals(parseFlags(undefined).isComplete, false);
});

const SCRIPTS: readonly [given: string, script: string | undefined][] = [
  ["run -A src/main.ts", "src/main.ts"],
  ["src/main.ts", "src/main.ts"],
  ["run -", "-"],
  ["eval console.log(1)", undefined],
  ["test -A a_test.ts", undefined],
  ["repl", undefined],
];

for (const [given, script] of SCRIPTS) {
  Deno.test(`parseFlags() finds ${script ?? "no main module"} in deno ${given}`, () => {
    assertEquals(parseFlags(given.split(" ")).script, script);
  });
}

Deno.test("splitWords() tells the arguments of Deno from those of the program", () => {
  const shown = "/bin/deno run --config=a.json main.ts one and  two\n";
  assertEquals(splitWords(shown, ["one and ", "two"]), ["run", "--config=a.json", "main.ts"]);
  assertEquals(splitWords("/bin/deno test a_test.ts -- x\n", ["x"]), ["test", "a_test.ts"]);
  assertEquals(splitWords("/bin/deno run main.ts\n", ["x"]), undefined);
  assertEquals(splitWords(undefined, []), undefined);
});
