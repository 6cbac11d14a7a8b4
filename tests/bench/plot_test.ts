/** docs/performance.md and its pictures come from bench/results.json. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { findFigures, loadFigures } from "../../bench/harness/load_figures.ts";
import type { RowResult } from "../../bench/harness/rounds.ts";
import { CHARTS } from "../../bench/plot/charts.ts";
import { type Chart, drawingOf } from "../../bench/plot/drawing.ts";
import { figuresIn } from "../../bench/plot/page.ts";
import { makePage } from "../../bench/plot/performance_page.ts";
import { ROOT, runDeno } from "../support/run_deno.ts";
import { resultOf } from "./result_of.ts";

const PAGE = "# A page\n\n<!-- conditions -->\n<!-- end -->\n\n<!-- budgets -->\n<!-- end -->\n\n" +
  "Written by hand.\n\n<!-- figure: growth -->\nold\n<!-- end -->\n\n<!-- figure: later -->\n<!-- end -->\n";

/** As in deno.json. */
const COMMAND = ["run", "--allow-read", "--allow-write=docs", "--allow-run", "bench/plot/main.ts"];

const CHART: Chart = {
  name: "growing",
  figure: "growth",
  title: "A picture",
  axes: { x: "calls", y: "us a call" },
  place: (row) => {
    const [line = "", number] = row.split(", ");
    return number === undefined ? undefined : { line, x: Number(number), label: `${number} calls` };
  },
};

const ours = (calls: number, ...us: number[]): RowResult => ({
  name: `ours, ${calls}`,
  samples: us.map((value) => ({ values: { us: value } })),
  failures: [],
});

const GROWTH = resultOf({
  title: "Calls of [x] => x_1",
  versions: { "pool_a": "1.2.3, node 20" },
  budgets: [{ row: "ours, 1000", measure: "us", most: 1.2, than: "ours, 10" }],
  rows: [
    ours(10, 4, 2, 3),
    ours(1000, 2, 1, 6),
    { name: "theirs", skipped: "there is no node", samples: [], failures: [] },
  ],
});

Deno.test("docs/performance.md and its pictures are what bench/results.json gives", async () => {
  const { code, stdout, stderr } = await runDeno([...COMMAND, "--check"]);
  assertEquals([code, stdout], [0, ""], stdout + stderr);
});

Deno.test("deno task bench:plot refuses what it does not know, and shows help", async () => {
  const { code, stderr } = await runDeno([...COMMAND, "growth"]);
  assertEquals([code, stderr], [2, "bench:plot: unknown argument growth; see --help\n"]);
  assertMatch((await runDeno([...COMMAND, "--help"])).stdout, /--check/);
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assertEquals(tasks["bench:plot"].command, `deno ${COMMAND.join(" ")}`);
});

Deno.test("docs/performance.md has a part for each figure", async () => {
  const page = await Deno.readTextFile(new URL("docs/performance.md", ROOT));
  assertEquals(figuresIn(page).sort(), findFigures());
});

Deno.test("each picture has lines of the rows that its figure has now", async () => {
  for (const chart of CHARTS) {
    const [figure] = await loadFigures([chart.figure], "");
    assert(figure, chart.figure);
    const values = Object.fromEntries(figure.measures.map(({ key }) => [key, 1]));
    const rows = figure.rows.map(({ name }) => ({ name, samples: [{ values }], failures: [] }));
    const { points } = drawingOf(chart, resultOf({ measures: figure.measures, rows }));
    const lines = Map.groupBy(points, ({ line }) => line);
    for (const [line, { length }] of lines) assert(length > 1, `${chart.name}: ${line}`);
  }
});

Deno.test("makePage() fills the parts that are generated, and leaves the rest", async () => {
  const { page } = await makePage(PAGE, { growth: GROWTH }, [CHART]);
  assertEquals(page.split("\n").filter((line) => line !== ""), [
    "# A page",
    "<!-- conditions -->",
    "- A CPU, 2 cores, 8 GiB, linux 6.1 x86_64; Deno 2.9.6 (V8 15.0, TypeScript 6.0.3), paralog 0.1.0",
    "| peer   | version        | in     |",
    "| ------ | -------------- | ------ |",
    "| pool_a | 1.2.3, node 20 | growth |",
    "<!-- end -->",
    "<!-- budgets -->",
    "1 of 1 budgets met.",
    "| figure | row        | budget                                    |           measured | of the budget |     |",
    "| ------ | ---------- | ----------------------------------------- | -----------------: | ------------: | --- |",
    '| growth | ours, 1000 | at most 1.2 times ours, 10 in "us a call" | 0.500 (0.500-2.00) |         0.417 | met |',
    "<!-- end -->",
    "Written by hand.",
    "<!-- figure: growth -->",
    "Calls of \\[x\\] => x_1: medians of 5 rounds (least-most), 2026-01-02, in 7 s.",
    "|            |        us a call | us a call, times ours, 10 |",
    "| ---------- | ---------------: | ------------------------: |",
    "| ours, 10   | 3.00 (2.00-4.00) |                           |",
    "| ours, 1000 | 2.00 (1.00-6.00) |        0.500 (0.500-2.00) |",
    "- theirs: not measured: there is no node",
    "![A picture](performance/growing.svg)",
    "<!-- end -->",
    "<!-- figure: later -->",
    "Not measured yet.",
    "<!-- end -->",
  ]);
});

Deno.test("makePage() draws the same picture of the same numbers, with text as text", async () => {
  const draw = async () => (await makePage(PAGE, { growth: GROWTH }, [CHART])).pictures;
  const pictures = await draw();
  assertEquals([...pictures.keys()], ["growing"]);
  assertEquals(await draw(), pictures);
  const svg = pictures.get("growing") ?? "";
  assertMatch(svg, /^<svg [^>]*>\s*<rect [^>]*fill="white"/);
  for (const text of ["A picture", "us a call", "10 calls", "1000 calls", "ours"]) {
    assertMatch(svg, new RegExp(`<text[^>]*>${text}</text>`));
  }
  assert(!/<script|<image|href=|url\(/.test(svg)); // It needs nothing else.
});

Deno.test("makePage() refuses results that are not to be shown or have no place, and pictures without rows", async () => {
  const refused = (results: Parameters<typeof makePage>[1], text: string) =>
    assertRejects(() => makePage(PAGE, results, [CHART]), RangeError, text);
  await refused({ growth: GROWTH, other: GROWTH }, "it has no <!-- figure: other -->");
  await refused({ growth: { ...GROWTH, quick: true } }, "the results of growth: it was --quick");
  const failed = { name: "ours", samples: [null], failures: ["a result is missing"] };
  await refused({ growth: { ...GROWTH, rows: [failed] } }, 'growth: "ours" failed');
  await refused({ growth: { ...GROWTH, rows: [] } }, "Cannot draw growing.svg: no row is for it");
  const odd = PAGE.replace("budgets", "nonsense");
  await assertRejects(() => makePage(odd, {}, []), RangeError, 'nothing is "nonsense"');
});
