/** The harness of bench/, with rows that are made up. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Figure, Row } from "../../bench/harness/figure.ts";
import { runProgram } from "../../bench/harness/program.ts";
import { measureRows } from "../../bench/harness/rounds.ts";
import { compare, summarize } from "../../bench/harness/statistics.ts";
import { renderFigure } from "../../bench/harness/table.ts";
import { withFolder } from "../support/log_folder.ts";

const SCALE = { quick: false };

function figureOf(rows: Row[], budgets: Figure["budgets"] = []): Figure {
  const measures = [{ key: "us", title: "us a call" }];
  return { name: "made up", title: "A made-up figure", measures, rows, budgets };
}

function rowOf(name: string, ...values: number[]): Row {
  let round = 0;
  return { name, measure: () => Promise.resolve({ values: { us: values[round++] ?? NaN } }) };
}

const run = (figure: Figure, rounds: number) =>
  measureRows(figure, { ...SCALE, rounds, signal: new AbortController().signal, say: () => {} });

Deno.test("summarize() gives the median and the spread", () => {
  assertEquals(summarize([5, 1, 3]), { count: 3, median: 3, least: 1, most: 5 });
  assertEquals(summarize([4, 1, 3, 2]), { count: 4, median: 2.5, least: 1, most: 4 });
  assertEquals(summarize([]), undefined);
});

Deno.test("compare() takes the ratio round by round and passes over rounds that failed", () => {
  const ratios = compare([2, 30, undefined, 8], [1, 10, 5, 2]);
  assertEquals(ratios, { count: 3, median: 3, least: 2, most: 4 });
});

Deno.test("measureRows() goes back and forth over the rows, and does not count the first round", async () => {
  const order: string[] = [];
  const spy = (name: string): Row => ({
    name,
    measure: () => Promise.resolve({ values: { us: order.push(name) } }),
  });
  const results = await run(figureOf([spy("a"), spy("b")]), 2);
  assertEquals(order.join(""), "abbaab");
  assertEquals(results.map(({ samples }) => samples.map((sample) => sample?.values.us)), [
    [4, 5],
    [3, 6],
  ]);
});

Deno.test("measureRows() leaves out a peer that is not there, and says why", async () => {
  const peer = {
    name: "nobody",
    obstacle: () => Promise.resolve("it is not installed"),
    version: () => Promise.reject(new Error("asked for the version of nothing")),
  };
  const figure = figureOf([rowOf("ours", 0, 2), { ...rowOf("theirs"), peer }]);
  const text = renderFigure(figure, await run(figure, 1), SCALE);
  assertStringIncludes(text, "theirs: not measured: it is not installed");
});

Deno.test("renderFigure() compares with the first row and judges budgets", async () => {
  const figure = figureOf([rowOf("ours", 9, 2, 4), rowOf("theirs", 9, 20, 40)], [
    { row: "ours", measure: "us", most: 2.5 },
    { row: "ours", measure: "us", most: 0.5, than: "theirs" },
  ]);
  assertEquals(renderFigure(figure, await run(figure, 2), SCALE).split("\n"), [
    "A made-up figure",
    "",
    "                  us a call  us a call, times ours",
    "ours       3.00 (2.00-4.00)",
    "theirs  30.00 (20.00-40.00)       10.0 (10.0-10.0)",
    'budget: ours: at most 2.5 in "us a call": NOT met, it is 3.00 (2.00-4.00)',
    'budget: ours: at most 0.50 times theirs in "us a call": met, it is 0.10 (0.10-0.10)',
  ]);
});

Deno.test("renderFigure() tells of rounds that failed, and of the known faults of a peer", async () => {
  const failing = { name: "ours", measure: () => Promise.reject(new Error("a line is missing")) };
  const faulty: Row = {
    name: "theirs",
    measure: () => Promise.resolve({ values: { us: 1 }, fault: "line 7 is torn" }),
  };
  const figure = figureOf([failing, faulty]);
  const results = await run(figure, 1);
  assertEquals(results.map(({ failures }) => failures.length), [2, 0]);
  const text = renderFigure(figure, results, SCALE);
  assertStringIncludes(text, "ours: FAILED in round 1 of 1: a line is missing");
  assertStringIncludes(text, "theirs: faulty in 1 of 1 rounds: line 7 is torn");
});

Deno.test("measureRows() ends with the reason of its signal, in the middle of a row too", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const options = { ...SCALE, rounds: 2, say: (text: string) => void told.push(text) };
  const row: Row = {
    name: "ours",
    measure: (_scale, signal) => {
      controller.abort(new RangeError("enough"));
      return Promise.reject(new Error(`it failed, for ${signal.reason}`));
    },
  };
  const measure = () => measureRows(figureOf([row]), { ...options, signal: controller.signal });
  await assertRejects(measure, RangeError, "enough");
  await assertRejects(measure, RangeError, "enough");
  assertEquals(told, ["made up: warming up", "made up: warming up"]);
});

Deno.test({
  name: "runProgram() ends a program and all that it has started when its signal aborts",
  ignore: Deno.build.os === "windows", // It has no sh.
  fn: () =>
    withFolder(async (folder) => {
      using watcher = Deno.watchFs(folder);
      const controller = new AbortController();
      const script = `(sleep 5; : > '${folder}/late') & : > '${folder}/begun'; wait`;
      const options = { input: {}, signal: controller.signal };
      const running = assertRejects(
        () => runProgram(["sh", "-c", script], options),
        Error,
        "it ended with SIGKILL",
      );
      for await (const { paths } of watcher) if (paths.join().includes("begun")) break;
      controller.abort();
      await running;
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["begun"]);
      await assertRejects(() => runProgram(["sh"], options), DOMException, "aborted");
    }),
});
