import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ConsoleHandler } from "../../src/logging/mod.ts";
import { openStatus, writeAbove } from "../../src/logging/terminal/status_line.ts";
import type { Status } from "../../src/logging/terminal/status_area.ts";
import { recordOf } from "../support/records.ts";
import { runOnScreen } from "../support/run_on_screen.ts";
import { ScreenStream } from "../support/screen.ts";

/** A status of one line, which may be changed. */
class OneLine implements Status {
  text: string;
  constructor(text: string) {
    this.text = text;
  }
  lines(): string[] {
    return this.text.split("\n");
  }
  last(): string {
    return `${this.text} (last)`;
  }
}

Deno.test("writeAbove() writes as it is where nothing is at the bottom", () => {
  const stream = new ScreenStream();
  writeAbove(stream, "one\n");
  assertEquals(stream.writes, ["one\n"]);
});

Deno.test("openStatus() keeps lines below what handlers write, and leaves the last one", () => {
  const stream = new ScreenStream();
  const handler = new ConsoleHandler({ stream, colors: false });
  const status = openStatus(stream, new OneLine("1/3"));
  assertEquals(stream.writes, []);
  status.redraw();
  handler.handle(recordOf("one"));
  handler.handle(recordOf("two"));
  assertEquals(stream.lines, ["one", "two", "1/3"]);
  assertEquals(stream.writes.length, 3, "line and status in one write, so nothing comes between");
  status.close();
  status.close();
  status.redraw();
  handler.handle(recordOf("three"));
  assertEquals(stream.lines, ["one", "two", "1/3 (last)", "three"]);
  assertEquals(stream.writes.at(-1), "three\n");
});

Deno.test("openStatus() draws several lines, and those of another status below", () => {
  const stream = new ScreenStream();
  const [first, second] = [new OneLine("a\nb"), new OneLine("c")];
  const upper = openStatus(stream, first);
  const lower = openStatus(stream, second);
  lower.redraw();
  writeAbove(stream, "one\n");
  assertEquals(stream.lines, ["one", "a", "b", "c"]);
  first.text = "d";
  upper.close();
  writeAbove(stream, "two\n");
  assertEquals(stream.lines, ["one", "d (last)", "two", "c"]);
  lower.close();
  assertEquals(stream.lines, ["one", "d (last)", "two", "c (last)"]);
});

Deno.test("openStatus() draws no more lines than the terminal has", () => {
  const stream = new ScreenStream();
  stream.rows = 3;
  const status = openStatus(stream, new OneLine("a\nb\nc\nd"));
  status.redraw();
  assertEquals(stream.lines, ["a", "b"]);
  status.close();
});

Deno.test("openStatus() draws again only what has changed, and not more often than is seen", () => {
  const stream = new ScreenStream();
  const one = new OneLine("1/3");
  const status = openStatus(stream, one);
  status.redraw();
  one.text = "2/3";
  for (let count = 0; count < 1000; count++) status.redraw();
  assertEquals(stream.writes.length < 20, true);
  status.close();
});

Deno.test("openStatus() waits for the rest of a line", () => {
  const stream = new ScreenStream();
  const status = openStatus(stream, new OneLine("1/3"));
  status.redraw();
  writeAbove(stream, "one, ");
  assertEquals(stream.lines, ["one,"]);
  writeAbove(stream, "two\n");
  assertEquals(stream.lines, ["one, two", "1/3"]);
  writeAbove(stream, "three");
  status.close();
  assertEquals(stream.lines, ["one, two", "three", "1/3 (last)"]);
});

Deno.test("openStatus() leaves nothing behind when a narrower window wraps its lines", () => {
  const stream = new ScreenStream(40);
  const lines = ["x".repeat(39), "y".repeat(39)];
  const status = openStatus(stream, {
    lines: (columns) => lines.map((line) => line.slice(0, columns)),
    last: () => "last",
  });
  writeAbove(stream, "one\n");
  status.redraw();
  stream.columns = 15;
  stream.screen.narrow(15);
  assertEquals(stream.lines.length, 7, "as it stands there, wrapped");
  writeAbove(stream, "two\n");
  status.close();
  assertEquals(stream.lines, ["one", "two", "last"]);
});

Deno.test("writeAbove() throws what the stream throws, and works afterwards", () => {
  const stream = new ScreenStream();
  const status = openStatus(stream, new OneLine("1/3"));
  status.redraw();
  const { writeSync } = ScreenStream.prototype;
  stream.writeSync = () => {
    throw new Error("printer on fire");
  };
  assertThrows(() => writeAbove(stream, "one\n"), Error, "printer on fire");
  stream.writeSync = writeSync;
  writeAbove(stream, "two\n");
  assertEquals(stream.lines.at(-1), "1/3");
  status.close();
});

const PROGRAM = "tests/programs/status.ts";

/** The log lines that the programs write. */
function logged(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${name} ${number}`);
}

for (const how of ["handlers", "console", "captured", "std"]) {
  Deno.test(`What is written by ${how} stays whole above a status on a terminal`, async () => {
    const { code, lines } = await runOnScreen(["run", "-A", PROGRAM, how]);
    assertEquals(lines, [...logged(how, 50), "the status (last)", "after"]);
    assertEquals(code, 0);
  });
}

Deno.test("What a worker writes stays whole above a status when it expects one", async () => {
  const { code, lines } = await runOnScreen(["run", "-A", PROGRAM, "worker"]);
  assertEquals(lines, [...logged("worker", 50), "the status (last)", "after"]);
  assertEquals(code, 0);
});

Deno.test("A status ends with its last line when the program exits", async () => {
  const { code, lines } = await runOnScreen(["run", "-A", PROGRAM, "exit"]);
  assertEquals([code, lines], [3, ["exit 0", "the status (last)"]]);
});

Deno.test("A status makes room for an error that ends the program", async () => {
  const { code, lines } = await runOnScreen(["run", "-A", PROGRAM, "throws"]);
  assertMatch(lines.join("\n"), /^throws 0\nUncaught error\nerror: Uncaught .*Error: no luck\n/);
  assertEquals(code, 1);
});

Deno.test("A status is back after an error that the program has dealt with", async () => {
  const { lines } = await runOnScreen(["run", "-A", PROGRAM, "recovers"]);
  assertEquals(lines, ["recovers 0", "recovers 1", "the status (last)", "after"]);
});
