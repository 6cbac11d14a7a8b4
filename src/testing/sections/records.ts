/**
 * What tasks log, on its way to the caller.
 *
 * @module
 */

import { basicConfig, disable, getLogger } from "../../logging/mod.ts";
import { delayed } from "../../parallel/mod.ts";
import { assertEquals, assertMatch, assertRejects } from "../assert.ts";
import { captureStderr } from "../capture_stderr.ts";
import type { Contract } from "../contract.ts";
import { ListHandler } from "../list_handler.ts";
import { inBackground } from "../patience.ts";
import * as tasks from "../tasks/logs.ts";
import { logThroughStdLog } from "../tasks/std_log.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testRecords({ create, test }: Contract): void {
  test("records of a task without handlers reach the caller's, before its result", async () => {
    const handler = watchRoot("%(levelname)s %(name)s %(message)s");
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    const [info, error] = handler.records;
    assertEquals(handler.lines[0], "INFO lib.tasks info of a");
    assertEquals([info?.taskIndex, info?.args, info?.extra], [0, ["a"], { name: "a" }]);
    assertEquals([error?.error?.className, error?.error?.message], ["RangeError", "too far"]);
    assertMatch(handler.lines[1] ?? "", /^ERROR lib.tasks error of a\nRangeError: too far\n.*/s);
    assertMatch(handler.lines[1] ?? "", /Caused by: Error: why/);
    assertEquals(handler.records.length, 2);
  });

  test("records have one order, and say which call of which run logged them", async () => {
    const handler = watchRoot();
    await using parallel = create({ batchSize: 3 });
    const lines = Array.from({ length: 12 }, (_, n) => `line ${n}`);
    await parallel.map(tasks.logLine, lines);
    await parallel.map(tasks.logLine, ["of another run"]);
    const other = handler.records.pop();
    assertEquals(other?.taskIndex, 0);
    assertEquals(new Set(handler.records.map(({ run }) => run)).size, 1);
    assertEquals(handler.records[0]?.run === other?.run, false);
    const seqs = handler.records.map(({ seq }) => seq);
    assertEquals(seqs, seqs.toSorted((a, b) => a - b));
    const byIndex = handler.records.toSorted((a, b) => (a.taskIndex ?? 0) - (b.taskIndex ?? 0));
    assertEquals(byIndex.map(({ msg }) => msg), lines);
  });

  test("the caller's levels count for a task that sets none", async () => {
    const handler = watchRoot("%(message)s", "ERROR");
    await using parallel = create({}, 1);
    await parallel.run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.records.map((record) => record.levelName), ["ERROR"]);
    getLogger("lib").setLevel("DEBUG");
    await parallel.run([delayed(tasks.logOnModuleLogger)("b")]);
    assertEquals(handler.records.map((record) => record.levelName), [
      "ERROR",
      "DEBUG",
      "INFO",
      "ERROR",
    ]);
  });

  test("a level that a task sets is its own, and the caller's still filters", async () => {
    const handler = watchRoot();
    const levels = await create().map(tasks.setLevelAndLog, ["DEBUG", "ERROR", "WARN"]);
    assertEquals(levels, [20, 20, 20]);
    assertEquals(handler.lines, ["warn", "warn"]);
    assertEquals(getLogger("lib").level, 0);
  });

  test("the caller's filters see the records of tasks", async () => {
    const handler = watchRoot();
    const parallel = create();
    getLogger("lib.tasks").addFilter((record) =>
      record.level < 40 ? false : { ...record, msg: `[${record.msg}]` }
    );
    await parallel.run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.messages, ["[error of a]"]);
    const { emitted, written, filtered, dropped } = parallel.stats.records;
    assertEquals([emitted, written, filtered, dropped], [2, 1, 1, 0]);
  });

  test("records of tasks say where they were logged when the caller's formatter asks", async () => {
    const handler = watchRoot("%(filename)s %(funcName)s %(message)s");
    await using parallel = create({}, 1);
    await parallel.map(tasks.describeSelf, ["a"]);
    assertEquals(handler.lines, ["logs.ts describeSelf self a"]);
    assertEquals(handler.records[0]?.location?.file.endsWith("/testing/tasks/logs.ts"), true);
    await parallel.run([delayed(() => getLogger().warn("of a source"))()]); // It has no place.
    assertEquals(handler.lines[1], "(unknown file) (unknown function) of a source");
  });

  test("a level that the caller changes counts for tasks that run", async () => {
    const handler = watchRoot();
    const controller = new AbortController();
    const running = inBackground(
      create().run([delayed(tasks.debugUntilAborted)()], { signal: controller.signal }),
    );
    await handler.untilMessage("begins");
    getLogger("lib").setLevel("DEBUG");
    await handler.untilMessage("debug");
    controller.abort(new RangeError("enough"));
    await assertRejects(() => running, RangeError, "enough");
    assertEquals(handler.records[1]?.levelName, "DEBUG");
  });

  test("what a task logs after its end reaches the caller", async () => {
    const handler = watchRoot();
    await using parallel = create({}, 1);
    await parallel.run([delayed(tasks.logAfterEnd)("after the end")]);
    await handler.untilMessage("after the end");
  });

  test("disable() and changes of levels in the caller count for its tasks", async () => {
    await using parallel = create({}, 1);
    const enabled = async () => (await parallel.map(tasks.describeSelf, ["a"]))[0];
    basicConfig({ level: "INFO", handlers: [new ListHandler()] });
    const seen = [await enabled()];
    disable("INFO");
    seen.push(await enabled());
    disable("NOTSET");
    getLogger("lib").setLevel("ERROR");
    seen.push(await enabled());
    getLogger("lib.self").setLevel("DEBUG");
    seen.push(await enabled());
    assertEquals(seen, [true, false, false, true]);
  });

  test("a filter of the caller that throws is reported, and neither the task nor the run fails", async () => {
    const handler = watchRoot();
    getLogger("lib.tasks").addFilter((record) => {
      if (record.level < 40) throw new RangeError("broken filter");
      return true;
    });
    const reported = await captureStderr(async () => {
      assertEquals(await create().map(tasks.logOnModuleLogger, ["a"]), [undefined]);
    });
    assertEquals(handler.messages, ["error of a"]);
    assertEquals(reported.split("Logging error").length, 2);
    assertMatch(reported, /Logging error.*broken filter.*INFO:lib\.tasks:info of a/s);
  });

  test("what a task logs through @std/log reaches the caller's handlers", async () => {
    const handler = watchRoot("%(levelname)s %(name)s %(message)s");
    await create().map(logThroughStdLog, ["a"]);
    assertEquals(handler.lines, ["WARN root std/log of a"]);
  });

  test("a record with fields that can't be sent arrives with their text", async () => {
    const handler = watchRoot();
    await create().run([delayed(tasks.logOddFields)()]);
    const extra = handler.records[0]?.extra ?? {};
    assertEquals(handler.lines, ["odd"]);
    assertEquals(extra.big, 12n);
    assertEquals(Object.keys(extra), ["callback", "symbol", "cycle", "big"]);
  });

  test("run() with collectLogs gives each result the records of its task", async () => {
    const handler = watchRoot();
    const results = await create().map(tasks.logLine, ["a", "b", "c"], { collectLogs: true });
    assertEquals(
      results.map(({ value, records }) => [value, ...records.map(({ msg }) => msg)]),
      [["a", "a"], ["b", "b"], ["c", "c"]],
    );
    assertEquals(handler.messages.toSorted(), ["a", "b", "c"]);
  });
}
