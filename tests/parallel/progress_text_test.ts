import { assertEquals, assertMatch } from "@std/assert";
import {
  clockText,
  durationText,
  percentText,
  rateText,
  shareOf,
} from "../../src/parallel/progress/amounts.ts";
import { clipToWidth, displayWidth } from "../../src/parallel/progress/display_width.ts";
import type { RunProgress } from "../../src/parallel/progress/progress_option.ts";
import { barLines, plainLine } from "../../src/parallel/progress/progress_text.ts";

const RUNNING: RunProgress = {
  name: "crawl",
  state: "running",
  done: 450,
  total: 1000,
  running: 4,
  failed: 2,
  retried: 1,
  elapsed: 5400,
  rate: 83.3,
  remaining: 6600,
  tasks: [],
};

/** The bar without colours. */
function barOf(more: Partial<RunProgress>, columns = 100): string {
  return barLines({ ...RUNNING, ...more }, { columns, colors: false }).join("\n");
}

Deno.test("barLines() shows share, count, time left, rate, tasks running, failures and retries", () => {
  assertEquals(
    barOf({}, 120),
    "crawl  45%  [#############-----------------]  450/1000  0:07 left  83/s  4 running  " +
      "2 failed  1 retried",
  );
  assertEquals(
    barOf({ name: undefined, failed: 0, retried: 0, remaining: undefined }),
    "45%  [#############-----------------]  450/1000  83/s  4 running",
  );
});

Deno.test("barLines() shows a count and the time so far when nobody knows the total", () => {
  assertEquals(
    barOf({ total: undefined, remaining: undefined }),
    "crawl  450 done  5.4 s  83/s  4 running  2 failed  1 retried",
  );
});

Deno.test("barLines() says how the run ended", () => {
  const ended = { running: 0, retried: 0, elapsed: 12_000 };
  assertEquals(
    barOf({ ...ended, state: "done", done: 1000, failed: 0 }),
    "crawl  100%  [##############################]  1000/1000  done in 0:12  83/s",
  );
  assertEquals(
    barOf({ ...ended, state: "failed" }),
    "crawl  45%  [#############-----------------]  450/1000  failed after 0:12  83/s  2 failed",
  );
  assertEquals(
    barOf({ ...ended, state: "stopped", total: undefined, failed: 0 }),
    "crawl  450 done  stopped after 0:12  83/s",
  );
});

Deno.test("barLines() leaves out what has no room, the count last", () => {
  assertEquals(
    barOf({}, 80),
    "crawl  45%  [########----------]  450/1000  0:07 left  83/s  4 running  2 failed",
  );
  assertEquals(barOf({}, 60), "45%  [#######---------]  450/1000  0:07 left  83/s  2 failed");
  assertEquals(barOf({}, 40), "45%  [#####--------]  450/1000  2 failed");
  assertEquals(barOf({}, 20), "450/1000  2 failed");
  assertEquals(barOf({}, 10), "450/1000");
  assertEquals([barOf({}, 5), barOf({}, 2)], ["45%", ""]);
});

Deno.test("barLines() is never wider than it may be", () => {
  const names = ["crawl", undefined, "名前がとても長いのでここには入りません", "🚀".repeat(30)];
  const tasks = [{ index: 7, worker: "Worker-1", done: 3, total: 9 }];
  for (const name of names) {
    for (let columns = 1; columns < 200; columns++) {
      for (const total of [1000, undefined]) {
        for (const line of barOf({ name, total, tasks }, columns).split("\n")) {
          assertEquals(displayWidth(line) <= columns, true, `${columns}: ${line}`);
        }
      }
    }
  }
});

Deno.test("barLines() has a line for each of the first tasks that tell how far they are", () => {
  const tasks = [3, 4, 8].map((index) => ({
    index,
    worker: `Worker-${index}`,
    done: index,
    total: index === 4 ? undefined : 10,
  }));
  const [, ...lines] = barOf({ tasks }).split("\n");
  assertEquals(lines, [
    "  task 3  Worker-3  30%  [#########---------------------]  3/10",
    "  task 4  Worker-4  4",
    "  task 8  Worker-8  80%  [########################------]  8/10",
  ]);
  const odd = { ...tasks[0]!, done: 1 / 3, total: NaN };
  assertMatch(barOf({ tasks: [odd] }), /100%.*0\.33\/NaN$/);
  const many = Array.from({ length: 9 }, (_, index) => ({ ...tasks[0]!, index }));
  assertEquals(barOf({ tasks: many }).split("\n").length, 7);
  assertEquals(barOf({ tasks: many }).split("\n").at(-1), "  and 4 more");
});

Deno.test("barLines() colours the bar, failures and the end when it is asked to", () => {
  const [line = ""] = barLines({ ...RUNNING, state: "failed" }, { columns: 80, colors: true });
  assertEquals(line.includes("[\x1b[32m###"), true);
  assertEquals(line.includes("\x1b[31mfailed after 5.4 s\x1b[39m"), true);
  assertEquals(line.includes("\x1b[31m2 failed\x1b[39m"), true);
});

Deno.test("plainLine() is a whole sentence", () => {
  const plain = (more: Partial<RunProgress>) => plainLine({ ...RUNNING, ...more });
  assertEquals(
    plain({}),
    "crawl: 450 of 1000 (45%), 83/s, 0:07 left, 4 running, 2 failed, 1 retried",
  );
  assertEquals(
    plain({ name: undefined, total: undefined, remaining: undefined, failed: 0, retried: 0 }),
    "Parallel: 450 in 5.4 s, 83/s, 4 running",
  );
  assertEquals(
    plain({ state: "failed", running: 0, retried: 0 }),
    "crawl: failed after 5.4 s: 450 of 1000, 83/s, 2 failed",
  );
  assertEquals(
    plain({ state: "done", total: 450, running: 0, failed: 0, retried: 0, elapsed: 3_723_000 }),
    "crawl: done in 1:02:03: 450 of 450, 83/s",
  );
});

Deno.test("A name can't move the cursor or begin another line", () => {
  const name = "a\nb\x1b[2J\tc";
  assertEquals(barOf({ name }).startsWith("a\\nb\\x1b[2J\\tc  "), true);
  assertEquals(plainLine({ ...RUNNING, name }).startsWith("a\\nb\\x1b[2J\\tc: "), true);
});

Deno.test("durationText(), clockText(), rateText() and percentText() round as people read", () => {
  assertEquals([0, 4, 352, 994, 996].map(durationText), [
    ...["0.00 s", "0.00 s", "0.35 s", "0.99 s", "1.0 s"],
  ]);
  assertEquals([3249, 9949, 9951, 59_499, 59_500].map(durationText), [
    ...["3.2 s", "9.9 s", "0:10", "0:59", "1:00"],
  ]);
  assertEquals([0, 400, 3_599_499, 3_599_500, 360_000_000].map(clockText), [
    ...["0:00", "0:00", "59:59", "1:00:00", "100:00:00"],
  ]);
  assertEquals([0, 0.0005, 0.05, 0.999, 1, 9.94, 9.96, 12345.6].map(rateText), [
    ...["", "1.8/h", "3.0/min", "60/min", "1.0/s", "9.9/s", "10/s", "12346/s"],
  ]);
  assertEquals([shareOf(0, 0), shareOf(1, 3), shareOf(5, 3), shareOf(-1, 3)], [1, 1 / 3, 1, 0]);
  assertEquals([shareOf(NaN, 3), shareOf(Infinity, Infinity), shareOf(1, NaN)], [0, 0, 1]);
  assertEquals([0, 0.999, 1].map(percentText), ["0%", "99%", "100%"]);
});

Deno.test("displayWidth() counts columns of a terminal", () => {
  const widths: [string, number][] = [
    ["", 0],
    ["abc", 3],
    ["né", 2],
    ["ne\u0301", 2],
    ["名前", 4],
    ["ｶﾅ", 2],
    ["한글", 4],
    ["🚀", 2],
    ["👩‍🚀", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["…", 1],
  ];
  for (const [text, width] of widths) assertEquals(displayWidth(text), width, text);
});

Deno.test("clipToWidth() cuts between characters and says so", () => {
  assertEquals(clipToWidth("crawl", 5), "crawl");
  assertEquals(clipToWidth("crawler", 5), "cra..");
  assertEquals(clipToWidth("名前名前", 5), "名..");
  assertEquals(clipToWidth("👩‍🚀👩‍🚀👩‍🚀", 4), "👩‍🚀..");
  assertEquals([2, 1, 0].map((columns) => clipToWidth("crawler", columns)), ["..", ".", ""]);
});
