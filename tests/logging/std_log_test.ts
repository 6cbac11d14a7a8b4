import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  addLevelName,
  basicConfig,
  getLogger,
  type Handler,
  PrefixFilter,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import * as stdLog from "@std/log";
import { toFormatter } from "../../src/logging/formatter.ts";
import { toHandler } from "../../src/logging/std_log.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { testHandler } from "../support/handler_contract.ts";
import { linesOfFile, withFolder } from "../support/log_folder.ts";
import { recordOf } from "../support/records.ts";
import { linesOf, runDeno } from "../support/run_deno.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

class StdListHandler extends stdLog.BaseHandler {
  readonly lines: string[] = [];
  readonly events: string[] = [];
  override log(line: string): void {
    this.lines.push(line);
  }
  override setup(): void {
    this.events.push("setup");
  }
  override destroy(): void {
    this.events.push("destroy");
  }
}

testHandler("a file handler of @std/log", (fn) =>
  withFolder((folder) =>
    fn({
      create({ formatter = "%(message)s", level, filters = [] }) {
        const own = toFormatter(formatter);
        const handler = toHandler(
          new stdLog.FileHandler("NOTSET", {
            filename: `${folder}/app.log`,
            formatter: ({ msg, loggerName, level, levelName }) =>
              own.format(recordOf(msg, { name: loggerName, level, levelName })),
          }),
        );
        if (level !== undefined) handler.setLevel(level);
        handler.filters = filters;
        return handler;
      },
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

test("a handler of @std/log gets our records, by its own level and formatter", async () => {
  addLevelName(35, "ALERT");
  const handler = new StdListHandler("INFO", {
    formatter: ({ levelName, loggerName, msg, args, datetime, level }) =>
      `${level} ${levelName} ${loggerName} ${msg} ${args.length} ${datetime instanceof Date}`,
  });
  await withCleanRootLogger(() => {
    basicConfig({ level: "DEBUG", handlers: [handler] });
    getLogger("app").debug("too low for the handler");
    getLogger("app").info("took %d ms", 12);
    getLogger("app").log("ALERT", "custom");
    getLogger().handlers.forEach((added) => getLogger().addHandler(added));
    getLogger().addHandler(handler);
    assertEquals(getLogger().handlers.length, 1);
  });
  assertEquals(handler.lines, [
    "20 INFO app took 12 ms 1 true",
    "35 ALERT app custom 0 true",
  ]);
  assertEquals(handler.events, ["setup", "destroy"]);
});

test("a handler of @std/log shows the error that was logged, and can be removed", () => {
  const handler = new StdListHandler("INFO");
  getLogger("app").addHandler(handler);
  getLogger("app").error("failed", new RangeError("far"));
  assert(handler.lines[0]?.startsWith("ERROR failed\nRangeError: far\n"), handler.lines[0]);
  getLogger("app").removeHandler(handler);
  assertEquals(getLogger("app").handlers, []);
});

test("@std/log's file handler writes our records to its file", async () => {
  const filename = await Deno.makeTempFile();
  await withCleanRootLogger(() => {
    getLogger("app").addHandler(new stdLog.FileHandler("INFO", { filename }));
    getLogger("app").warn("one");
    getLogger("app").warn("two");
  });
  assertEquals(await Deno.readTextFile(filename), "WARN one\nWARN two\n");
  await Deno.remove(filename);
});

test("addHandler() refuses what is no handler", () => {
  for (const handler of [undefined, {}, "console", () => {}]) {
    assertThrows(
      () => getLogger().addHandler(handler as unknown as Handler),
      TypeError,
      "as a handler",
    );
  }
});

test("@std/log's calls join the current realm, by its level and through its prefix", () => {
  const handler = new ListHandler();
  basicConfig({
    level: "DEBUG",
    handlers: [handler],
    format: "%(levelname)s %(name)s %(message)s",
  });
  getLogger().addFilter(new PrefixFilter("task=1 "));
  stdLog.debug("one");
  stdLog.getLogger().info("two %d", 2, { jobId: 7 });
  stdLog.error(() => "lazy");
  getLogger().setLevel("ERROR");
  stdLog.warn("too low");
  assertEquals(handler.lines, [
    "DEBUG root task=1 one",
    "INFO root task=1 two 2",
    "ERROR root task=1 lazy",
  ]);
  assertEquals(handler.records[1]?.extra, { jobId: 7 });
});

test("withCleanRootLogger() saves and restores @std/log's level and handlers", async () => {
  const outer = stdLog.getLogger();
  const handlers = outer.handlers;
  outer.level = stdLog.LogLevels.ERROR;
  await withCleanRootLogger(() => {
    assertEquals(stdLog.getLogger().levelName, "WARN");
    stdLog.getLogger().handlers = [new StdListHandler("INFO")];
    stdLog.getLogger().levelName = "DEBUG";
    assertEquals([stdLog.getLogger().level, stdLog.getLogger().levelName], [10, "DEBUG"]);
  });
  assertEquals([stdLog.getLogger().level, stdLog.getLogger().handlers], [40, handlers]);
  await withCleanRootLogger(() => {
    stdLog.setup({ loggers: { default: { level: "DEBUG", handlers: [] } } });
  });
  assertEquals([stdLog.getLogger().level, stdLog.getLogger().handlers], [40, handlers]);
});

Deno.test("@std/log is left alone until the main root has a handler", async () => {
  const { stdout, stderr } = await runDeno(["run", "tests/programs/std_log.ts"]);
  assertEquals(linesOf(stdout), [
    "INFO before",
    "file set up by log.setup: WARN kept",
  ]);
  assertEquals(linesOf(stderr), [
    "INFO:root:joined",
    "DEBUG:root:joined by the root's level",
    "WARN:root:kept",
  ]);
});

Deno.test("what tasks log goes to the handlers of log.setup when the program has no others", async () => {
  for (const nJobs of ["1", "2"]) {
    const { stdout, stderr } = await runDeno([
      "run",
      "--allow-read",
      "tests/programs/std_log_setup.ts",
      nJobs,
    ]);
    assertEquals([linesOf(stdout), stderr], [[
      "INFO default main",
      "INFO app our main",
      "INFO default info of a",
      "INFO app our info of a",
      "WARN default main again",
    ], ""]);
  }
});

test("log.setup in a scope belongs to that scope, and joins it too", async () => {
  const outer = new ListHandler();
  basicConfig({ level: "INFO", handlers: [outer], format: "%(message)s" });
  const mine = new StdListHandler("DEBUG");
  const setUp = () =>
    stdLog.setup({
      handlers: { mine },
      loggers: { default: { level: "INFO", handlers: ["mine"] } },
    });
  await withCleanRootLogger(async () => {
    const inner = new ListHandler();
    basicConfig({ level: "INFO", handlers: [inner], format: "inner %(message)s" });
    setUp();
    stdLog.info("inside");
    stdLog.debug("below the level of log.setup");
    await withCleanRootLogger(() => stdLog.warn("nested, seen by the last resort alone"));
    stdLog.info("inside again");
    assertEquals(inner.lines, ["inner inside", "inner inside again"]);
  });
  stdLog.info("outside");
  assertEquals(mine.lines, ["INFO inside", "INFO inside again"]);
  assertEquals(outer.lines, ["outside"]);
});

test("log.setup in one of two scopes that run at once is not seen by the other", async () => {
  const mine = new StdListHandler("DEBUG");
  const set = Promise.withResolvers<void>();
  const other = new ListHandler();
  await Promise.all([
    withCleanRootLogger(async () => {
      await set.promise;
      basicConfig({ level: "INFO", handlers: [other], format: "%(message)s" });
      stdLog.info("other");
    }),
    withCleanRootLogger(() => {
      stdLog.setup({ handlers: { mine }, loggers: { default: { handlers: ["mine"] } } });
      stdLog.info("mine");
      set.resolve();
    }),
  ]);
  assertEquals([mine.lines, other.lines], [["INFO mine"], ["other"]]);
});

test("a handler of @std/log on two loggers, or in two scopes, is set up and closed once a scope", async () => {
  const handler = new StdListHandler("INFO");
  getLogger("outer").addHandler(handler);
  await withCleanRootLogger(() => {
    getLogger("a").addHandler(handler);
    getLogger("b").addHandler(handler);
    getLogger("a").warn("one");
  });
  getLogger("outer").warn("two");
  assertEquals([handler.lines, handler.events], [["WARN one", "WARN two"], ["setup"]]);
});

test("log.setup outside of a scope that is open stays when the scope ends", async () => {
  const mine = new StdListHandler("DEBUG");
  const setUp = Promise.withResolvers<void>();
  const open = withCleanRootLogger(() => setUp.promise);
  stdLog.setup({
    handlers: { mine },
    loggers: { default: { level: "DEBUG", handlers: ["mine"] } },
  });
  setUp.resolve();
  await open;
  stdLog.debug("kept");
  assertEquals(mine.lines, ["DEBUG kept"]);
});
