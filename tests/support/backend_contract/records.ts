/** What tasks log, and the realm in which they do. */

import { assertEquals, assertMatch } from "@std/assert";
import { basicConfig, delayed, disable, getLogger, withContext } from "@paralog/paralog";
import { captureStderr } from "../capture_stderr.ts";
import { ListHandler } from "../list_handler.ts";
import * as tasks from "../tasks.ts";
import type { Contract } from "./contract.ts";

/** Registers the tests. */
export function testRecords({ create, test }: Contract): void {
  test("records of a task without handlers reach the caller's, before its result", async () => {
    const handler = new ListHandler();
    basicConfig({
      level: "INFO",
      handlers: [handler],
      format: "%(levelname)s %(name)s %(message)s",
    });
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    const [info, error] = handler.records;
    assertEquals(handler.lines[0], "INFO lib.tasks info of a");
    assertEquals([info?.taskIndex, info?.args, info?.extra], [0, ["a"], { name: "a" }]);
    assertEquals([error?.error?.className, error?.error?.message], ["RangeError", "too far"]);
    assertMatch(handler.lines[1] ?? "", /^ERROR lib.tasks error of a\nRangeError: too far\n.*/s);
    assertMatch(handler.lines[1] ?? "", /Caused by: Error: why/);
    assertEquals(handler.records.length, 2);
  });

  test("the caller's levels count for a task that sets none", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "ERROR", handlers: [handler] });
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.records.map((record) => record.levelName), ["ERROR"]);
    getLogger("lib").setLevel("DEBUG");
    await create().run([delayed(tasks.logOnModuleLogger)("b")]);
    assertEquals(handler.records.map((record) => record.levelName), [
      "ERROR",
      "DEBUG",
      "INFO",
      "ERROR",
    ]);
  });

  test("a level that a task sets is its own, and the caller's still filters", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    assertEquals(await create().map(tasks.setLevelAndLog, ["DEBUG", "ERROR", "WARN"]), [
      20,
      20,
      20,
    ]);
    assertEquals(handler.lines, ["warn", "warn"]);
    assertEquals(getLogger("lib").level, 0);
  });

  test("the caller's filters see the records of tasks", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    getLogger("lib.tasks").addFilter((record) => ({ ...record, msg: `[${record.msg}]` }));
    await create().run([delayed(tasks.logOnModuleLogger)("a")]);
    assertEquals(handler.records.map((record) => record.msg), ["[info of a]", "[error of a]"]);
  });

  test("the context of the run is on the records of its tasks", async () => {
    const handler = new ListHandler();
    basicConfig({ handlers: [handler], format: "%(requestId)s %(message)s" });
    const run = () => create().map(tasks.describeSelf, ["a"]);
    await Promise.all([1, 2].map((requestId) => withContext({ requestId }, run)));
    assertEquals(handler.lines.toSorted(), ["1 self a", "2 self a"]);
    await run();
    assertEquals(handler.records.at(-1)?.extra, undefined);
  });

  test("records of tasks say where they were logged when the caller's formatter asks", async () => {
    const handler = new ListHandler();
    basicConfig({ handlers: [handler], format: "%(filename)s %(funcName)s %(message)s" });
    await create().map(tasks.describeSelf, ["a"]);
    assertEquals(handler.lines, ["tasks.ts describeSelf self a"]);
    assertEquals(handler.records[0]?.location?.file.endsWith("/tests/support/tasks.ts"), true);
    await create().run([delayed(() => getLogger().warn("of a source"))()]); // It has no place.
    assertEquals(handler.lines[1], "(unknown file) (unknown function) of a source");
  });

  test("disable() and changes of levels in the caller count for its tasks", async () => {
    const enabled = async () => (await create().map(tasks.describeSelf, ["a"]))[0];
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
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    getLogger("lib.tasks").addFilter((record) => {
      if (record.level < 40) throw new RangeError("broken filter");
      return true;
    });
    const reported = await captureStderr(async () => {
      assertEquals(await create().map(tasks.logOnModuleLogger, ["a"]), [undefined]);
    });
    assertEquals(handler.records.map((record) => record.msg), ["error of a"]);
    assertEquals(reported.split("Logging error").length, 2);
    assertMatch(reported, /Logging error.*broken filter.*INFO:lib\.tasks:info of a/s);
  });

  test("each task configures a clean root of its own, @std/log included", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler] });
    getLogger().addFilter(() => false);
    const results = await create().run(["a", "b"].map((name) => delayed(tasks.logOnOwnRoot)(name)));
    for (const [index, name] of ["a", "b"].entries()) {
      assertEquals(results[index], {
        before: 0,
        lines: [
          `DEBUG root ${name}: root`,
          "DEBUG lib.tasks module logger",
          `INFO root ${name}: std/log`,
          `DEBUG root ${name}: std/log debug`,
        ],
      });
    }
    assertEquals(handler.lines, []);
    assertEquals(getLogger().handlers, [handler]);
  });

  test("what a task logs through @std/log reaches the caller's handlers", async () => {
    const handler = new ListHandler();
    basicConfig({
      level: "INFO",
      handlers: [handler],
      format: "%(levelname)s %(name)s %(message)s",
    });
    await create().map(tasks.logThroughStdLog, ["a"]);
    assertEquals(handler.lines, ["WARN root std/log of a"]);
  });

  test("a record with fields that can't be sent arrives with their text", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    await create().run([delayed(tasks.logOddFields)()]);
    const extra = handler.records[0]?.extra ?? {};
    assertEquals(handler.lines, ["odd"]);
    assertEquals(extra.big, 12n);
    assertEquals(Object.keys(extra), ["callback", "symbol", "cycle", "big"]);
  });

  test("a task may run tasks of its own, whose records reach the caller too", async () => {
    const handler = new ListHandler();
    basicConfig({ level: "INFO", handlers: [handler], format: "%(message)s" });
    assertEquals(await create().run([delayed(tasks.nested)([1, 2])]), [[1, 4]]);
    assertEquals(handler.records.map((record) => record.msg), [
      "outer task",
      "info of inner",
      "error of inner",
    ]);
  });
}
