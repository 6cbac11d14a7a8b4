import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { linesOf, runDeno } from "../support/run_deno.ts";
import { runOnScreen } from "../support/run_on_screen.ts";

const PROGRAM = ["run", "--quiet", "-A", "tests/programs/progress.ts"];
const LOGGED = Array.from({ length: 100 }, (_, number) => number);

// deno-lint-ignore no-control-regex -- escape sequences are what is meant
const COLOR = /\x1b\[\d+m/;
const DONE = /^crawl {2}100% {2}\[#+\] {2}100\/100 {2}done in [\d.]+ s {2}\d+\/s$/;

Deno.test("A bar stays below the lines that are logged meanwhile, which stay whole", async () => {
  const { code, lines, written } = await runOnScreen(PROGRAM);
  assertEquals([code, lines.length], [0, 101]);
  assertEquals(lines.slice(0, -1), LOGGED.map((number) => `crawl ${number}`));
  assertMatch(lines.at(-1) ?? "", DONE);
  assertMatch(written, /crawl {2}\d\d% {2}\[#+-+\] {2}\d\d\/100 {2}0:0\d left {2}/);
  assertNotMatch(written, COLOR);
});

Deno.test("Bars of two runs at once stand below each other, and below what is logged", async () => {
  const { lines } = await runOnScreen([...PROGRAM, "two"]);
  assertEquals(lines.length, 202);
  const logged = lines.filter((line) => /^[ab] \d+$/.test(line));
  assertEquals(
    logged.toSorted(),
    LOGGED.flatMap((number) => [`a ${number}`, `b ${number}`]).sort(),
  );
  assertEquals(lines.filter((line) => line.includes("done in")).map((line) => line[0]), ["a", "b"]);
});

Deno.test("A bar is coloured unless NO_COLOR is set", async () => {
  assertMatch((await runOnScreen(PROGRAM, { env: { NO_COLOR: "" } })).written, COLOR);
});

Deno.test("A bar fits a narrow terminal, and one that does not tell its width", async () => {
  for (const columns of [20, 0]) {
    const { lines } = await runOnScreen(PROGRAM, { columns });
    assertEquals(lines.slice(0, -1), LOGGED.map((number) => `crawl ${number}`));
    assert(lines.at(-1)!.includes("100/100"));
  }
});

Deno.test("Ctrl-C leaves the last state of a bar, and the cursor below", async () => {
  const steps = [{ after: "50/100", type: "\x03" }];
  const { code, lines, written } = await runOnScreen([...PROGRAM, "interrupted"], { steps });
  assertEquals([code, lines.length], [130, 1]);
  assertMatch(lines[0] ?? "", /^crawl {2}50% {2}\[#+-+\] {2}50\/100 {2}stopped after [\d.]+ s {2}/);
  assert(written.endsWith("\n"));
});

Deno.test("A killed program leaves a terminal that works: nothing was hidden or switched", async () => {
  const steps = [{ after: "50/100", kill: "SIGKILL" }];
  const { lines, written } = await runOnScreen([...PROGRAM, "killed"], { steps });
  assertMatch(lines.join("\n"), /^crawl {2}.* 50\/100 /);
  for (const switching of ["\x1b[?", "\x1b7", "\x1b]"]) assert(!written.includes(switching));
});

Deno.test("A bar keeps no program alive", async () => {
  const { code, lines } = await runOnScreen([...PROGRAM, "left"]);
  assertEquals(code, 0);
  assertMatch(lines.join("\n"), /^crawl .* 0\/100 {2}stopped after [\d.]+ s$/);
});

Deno.test("Where stderr is no terminal, or a dumb one, progress is whole lines", async () => {
  const { code, stderr } = await runDeno(PROGRAM);
  const dumb = await runOnScreen(PROGRAM, { env: { TERM: "dumb" } });
  assertEquals(code, 0);
  for (const lines of [linesOf(stderr), linesOf(dumb.written.replaceAll("\r", ""))]) {
    assertEquals(lines.slice(0, -1), LOGGED.map((number) => `crawl ${number}`));
    assertMatch(lines.at(-1) ?? "", /^crawl: done in [\d.]+ s: 100 of 100, \d+\/s$/);
  }
});

Deno.test("A worker draws no bar, as it would be on top of its caller's", async () => {
  const { written } = await runOnScreen([...PROGRAM, "worker"]);
  assertMatch(written, /^inner: done in [\d.]+ s: 3 of 3, \d+\/s\r\n$/);
});

Deno.test("A bar needs no permission, and asks for none", async () => {
  const { code, lines } = await runOnScreen(["run", "--quiet", "tests/programs/progress.ts"]);
  assertEquals([code, lines.length], [0, 101]);
  assertMatch(lines.at(-1) ?? "", DONE);
});
