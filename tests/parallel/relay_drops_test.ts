/** What the relay drops when it has no room: as little as it may, counted and reported. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { delayed, getLogger, Parallel, type ParallelOptions } from "@paralog/paralog";
import type { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { assertAllWritten, countsOf, workerCountsOf } from "../support/record_counts.ts";
import * as tasks from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** So little room that a few records fill it. */
const TINY: ParallelOptions = {
  backend: "workers",
  relay: { ringBytes: 4096, maxWait: 50, maxSpillLength: 10_000 },
};

/** The relay's reports of what it dropped, apart from the records of tasks. */
function splitReports({ records }: WatchedHandler) {
  return {
    reports: records.filter(({ name }) => name === "paralog"),
    arrived: records.filter(({ name }) => name !== "paralog"),
  };
}

testWithHandler(
  "what has no room while main is blocked is dropped, counted and reported once",
  async (handler) => {
    const parallel = new Parallel(1, TINY);
    using begun = new SharedCount();
    using done = new SharedCount();
    await using _ = parallel;
    await parallel.map(tasks.logNumbers, [1]); // The worker has started.
    const running = inBackground(
      parallel.run([delayed(tasks.logNow)(5000, begun.memory, done.memory)]),
    );
    await begun.until(1, "the task to begin");
    done.blockUntil(1, "the task to go on"); // However long: it does not wait for this thread.
    await withPatience(running, "the end of the run");
    const { emitted, written, filtered, dropped } = countsOf(parallel);
    const { reports, arrived } = splitReports(handler);
    assertEquals([emitted, written + dropped, filtered], [5001, 5001, 0]);
    assert(dropped > 0 && dropped < 5000, `${dropped} were dropped`);
    assertEquals(arrived.length, written);
    const numbers = arrived.slice(1).map(({ args }) => Number(args[0]));
    assertEquals(numbers, [...new Set(numbers)].toSorted((a, b) => a - b));
    assertEquals(reports.map(({ levelName }) => levelName), ["WARN"]);
    assertMatch(reports[0]?.msg ?? "", new RegExp(`\\b${dropped}\\b`));
    assertStringIncludes(reports[0]?.msg ?? "", "Worker-1");
    assertEquals(Object.keys(workerCountsOf(parallel).workers), ["Worker-1"]);
  },
);

testWithHandler(
  "a tiny ring loses nothing while main takes records as they come",
  async (handler) => {
    const parallel = new Parallel(2, { backend: "workers", relay: { ringBytes: 4096 } });
    await parallel.map(tasks.logNumbers, [5000, 5000]);
    assertEquals(splitReports(handler).reports, []);
    assertAllWritten(parallel, 10_000);
  },
);

testWithHandler(
  "records that no ring holds arrive in their place among the others",
  async (handler) => {
    const parallel = new Parallel(1, {
      backend: "workers",
      relay: { ringBytes: 4096 },
    });
    await parallel.map(tasks.logInSizes, [[10, 100_000, 10, 3000, 4000, 5000, 10, 1_000_000, 10]]);
    const sizes = handler.records.map(({ msg }) => msg.length);
    assertEquals(sizes, [10, 100_000, 10, 3000, 4000, 5000, 10, 1_000_000, 10]);
    assertEquals(handler.records.map(({ seq }) => seq - (handler.records[0]?.seq ?? 0)), [
      ...sizes.keys(),
    ]);
    assertAllWritten(parallel, 9);
  },
);

testWithHandler("a record beyond the relay's limit arrives cut, and says so", async (handler) => {
  const parallel = new Parallel(1, {
    backend: "workers",
    relay: { maxRecordLength: 10_000 },
  });
  await parallel.map(tasks.logInSizes, [[10, 100_000, 10]]);
  const [before, cut, after] = handler.records;
  assertEquals([before?.msg, after?.msg], ["x".repeat(10), "x".repeat(10)]);
  assertEquals([cut?.name, cut?.level, cut?.taskIndex], ["relay", 20, 0]);
  assertMatch(JSON.stringify(cut), /x{1000}.*\bcut\b/);
  assert(JSON.stringify(cut).length <= 10_000, `it has ${JSON.stringify(cut).length} characters`);
  assertAllWritten(parallel, 3);
});

testWithHandler(
  "drops are reported through the caller's own levels and filters",
  async (handler) => {
    getLogger("paralog").setLevel("ERROR");
    await using parallel = new Parallel(1, TINY);
    using begun = new SharedCount();
    using done = new SharedCount();
    const running = inBackground(
      parallel.run([delayed(tasks.logNow)(5000, begun.memory, done.memory)]),
    );
    await begun.until(1, "the task to begin");
    done.blockUntil(1, "the task to go on");
    await withPatience(running, "the end of the run");
    assertEquals(splitReports(handler).reports, []);
    assert(countsOf(parallel).dropped > 0);
  },
);
