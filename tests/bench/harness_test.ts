/** The harness of bench/, with rows that are made up. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { judge, renderBudgets } from "../../bench/harness/budgets.ts";
import type { Figure, Row } from "../../bench/harness/figure.ts";
import { runProgram } from "../../bench/harness/program.ts";
import { measureRows } from "../../bench/harness/rounds.ts";
import { compare, summarize } from "../../bench/harness/statistics.ts";
import { type Measured, renderFigure } from "../../bench/harness/table.ts";
import { withFolder } from "../support/log_folder.ts";
import { resultOf } from "./result_of.ts";

const OPTIONS = {
  quick: false,
  signal: new AbortController().signal,
  say: () => {},
  expectation: { figure: undefined, later: undefined },
};

function figureOf(rows: Row[], budgets: Figure["budgets"] = []): Figure {
  const measures = [{ key: "us", title: "us a call" }];
  return { name: "made up", title: "A made-up figure", measures, rows, budgets };
}

function rowOf(name: string, ...values: number[]): Row {
  let round = 0;
  return { name, measure: () => Promise.resolve({ values: { us: values[round++] ?? NaN } }) };
}

const run = (figure: Figure, rounds: number) => measureRows(figure, { ...OPTIONS, rounds });

async function measured(figure: Figure, rounds: number): Promise<Measured> {
  return { ...figure, quick: false, rows: await run(figure, rounds) };
}

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
  const budget = { row: "ours", measure: "us", most: 1, than: "theirs" };
  const figure = figureOf([rowOf("ours", 0, 2), { ...rowOf("theirs"), peer }], [budget]);
  const text = renderFigure(await measured(figure, 1));
  assertStringIncludes(text, "theirs: not measured: it is not installed");
  assertStringIncludes(text, 'ours: at most 1 times theirs in "us a call": not measured');
});

Deno.test("renderFigure() compares with the first row and judges budgets", async () => {
  const figure = figureOf([rowOf("ours", 9, 2, 4), rowOf("theirs", 9, 20, 40)], [
    { row: "ours", measure: "us", most: 2.5 },
    { row: "ours", measure: "us", most: 0.5, than: "theirs" },
  ]);
  assertEquals(renderFigure(await measured(figure, 2)).split("\n"), [
    "A made-up figure",
    "",
    "               us a call  us a call, times ours",
    "ours    3.00 (2.00-4.00)",
    "theirs  30.0 (20.0-40.0)       10.0 (10.0-10.0)",
    'budget: ours: at most 2.5 in "us a call": NOT met, it is 3.00 (2.00-4.00)',
    'budget: ours: at most 0.5 times theirs in "us a call": met, it is 0.100 (0.100-0.100)',
  ]);
});

Deno.test("renderFigure() tells of rounds that failed, and of the known faults of a peer", async () => {
  const failing = { name: "ours", measure: () => Promise.reject(new Error("a line is missing")) };
  const faulty: Row = {
    name: "theirs",
    measure: () => Promise.resolve({ values: { us: 1 }, fault: "line 7 is torn" }),
  };
  const result = await measured(figureOf([failing, faulty]), 1);
  assertEquals(result.rows.map(({ failures }) => failures.length), [2, 0]);
  const text = renderFigure(result);
  assertStringIncludes(text, "ours: FAILED in round 1 of 1: a line is missing");
  assertStringIncludes(text, "theirs: faulty in 1 of 1 rounds: line 7 is torn");
});

Deno.test("measureRows() fails a row whose number is none", async () => {
  const [result] = await run(figureOf([rowOf("ours", 1)]), 1);
  assertEquals(result?.samples, [null]);
  assertEquals(result?.failures, ['round 1 of 1: Cannot use NaN as "us"']);
});

Deno.test("renderBudgets() lists the budgets of all figures, and counts them", async () => {
  const rows = [rowOf("ours", 9, 2), rowOf("theirs", 9, 20), rowOf("others", 9)];
  const figure = figureOf(rows, [
    { row: "ours", measure: "us", most: 4 },
    { row: "ours", measure: "us", most: 0.05, than: "theirs" },
    { row: "ours", measure: "us", most: 1, than: "others" },
    { row: "a row that was not asked for", measure: "us", most: 1 },
  ]);
  const result = resultOf(await measured(figure, 1));
  assertEquals(judge(result).map(({ state, share }) => [state, share]), [
    ["met", 0.5],
    ["NOT met", 2],
    ["not measured", undefined],
  ]);
  const count = "1 of 3 budgets met, 1 NOT met, 1 not measured";
  assertEquals(renderBudgets({ first: result }), [count]);
  assertEquals(renderBudgets({ first: result, second: { ...result, budgets: [] } }), [
    'first: ours: at most 4 in "us a call": met, it is 2.00, 0.500 of the budget',
    'first: ours: at most 0.05 times theirs in "us a call": NOT met, it is 0.100, 2.00 of the budget',
    'first: ours: at most 1 times others in "us a call": not measured',
    count,
  ]);
});

Deno.test("measureRows() ends with the reason of its signal, in the middle of a row too", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const row: Row = {
    name: "ours",
    measure: (_scale, signal) => {
      controller.abort(new RangeError("enough"));
      return Promise.reject(new Error(`it failed, for ${signal.reason}`));
    },
  };
  const options = {
    ...OPTIONS,
    rounds: 2,
    signal: controller.signal,
    say: (text: string) => void told.push(text),
    expectation: { figure: 40, later: 600 },
  };
  const measure = () => measureRows(figureOf([row]), options);
  await assertRejects(measure, RangeError, "enough");
  await assertRejects(measure, RangeError, "enough");
  const text = "made up: warming up, about 40 s left, 11 min with the other figures";
  assertEquals(told, [text, text]);
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
        "it ended with SIGTERM",
      );
      for await (const { paths } of watcher) if (paths.join().includes("begun")) break;
      controller.abort();
      await running;
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["begun"]);
      await assertRejects(() => runProgram(["sh"], options), DOMException, "aborted");
    }),
});

Deno.test({
  name: "runProgram() kills a program that does not end when it is told to",
  ignore: Deno.build.os === "windows", // It has no sh.
  fn: () =>
    withFolder(async (folder) => {
      using watcher = Deno.watchFs(folder);
      const controller = new AbortController();
      const script = `trap '' TERM; : > '${folder}/begun'; while :; do sleep 1; done`;
      const running = assertRejects(
        () => runProgram(["sh", "-c", script], { input: {}, signal: controller.signal }),
        Error,
        "it ended with SIGKILL",
      );
      for await (const { paths } of watcher) if (paths.join().includes("begun")) break;
      controller.abort();
      await running;
    }),
});
