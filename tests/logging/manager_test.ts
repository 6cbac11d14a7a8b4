import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  addLevelName,
  disable,
  getHandlerByName,
  getHandlerNames,
  getLogger,
  getLoggerClass,
  getLogRecordFactory,
  Logger,
  type LoggerClass,
  type RecordFactory,
  setLoggerClass,
  setLogRecordFactory,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { askPython } from "../support/ask_python.ts";

function test(name: string, fn: (handler: ListHandler) => void | Promise<void>): void {
  Deno.test(name, () =>
    withCleanRootLogger(async () => {
      const handler = new ListHandler({ name: "list", formatter: "%(levelname)s %(message)s" });
      getLogger().addHandler(handler);
      await fn(handler);
    }));
}

test("disable() turns levels off as Python's does, whatever loggers say", async () => {
  addLevelName(25, "NOTICE");
  const levels = ["NOTSET", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "CRITICAL"] as const;
  getLogger("a").setLevel("DEBUG");
  const enabled = levels.map((off) => {
    disable(off);
    return levels.map((level) => getLogger("a").isEnabledFor(level));
  });
  disable("NOTSET");
  assertEquals(
    enabled,
    await askPython(`
import logging
logging.addLevelName(25, "NOTICE")
levels = [0, 10, 20, 25, 30, 40, 50]
logging.getLogger("a").setLevel("DEBUG")
def enabled(off):
    logging.disable(off)
    return [logging.getLogger("a").isEnabledFor(level) for level in levels]
print(json.dumps([enabled(off) for off in levels]))`),
  );
  assertEquals(getLogger("a").isEnabledFor("DEBUG"), true);
});

test("disable() holds for its realm alone", async () => {
  disable();
  await withCleanRootLogger(() => assertEquals(getLogger().isEnabledFor("ERROR"), true));
  assertEquals(getLogger().isEnabledFor("CRITICAL"), false);
});

test("getHandlerByName() finds handlers of any logger by name", (handler) => {
  const other = new ListHandler({ name: "other" });
  assertEquals(getHandlerByName("other"), undefined);
  getLogger("a.b").addHandler(other);
  assertStrictEquals(getHandlerByName("other"), other);
  assertStrictEquals(getHandlerByName("list"), handler);
  assertEquals(getHandlerNames().toSorted(), ["list", "other"]);
  getLogger("a.b").removeHandler(other);
  assertEquals(getHandlerByName("other"), undefined);
});

class AppLogger extends Logger {
  notice(message: unknown, ...rest: unknown[]): void {
    this.log(25, message, ...rest);
  }
}

test("setLoggerClass() makes loggers of a class from then on, in its realm", async ({ lines }) => {
  addLevelName(25, "NOTICE");
  const before = getLogger("before");
  setLoggerClass(AppLogger);
  assertStrictEquals(getLoggerClass(), AppLogger);
  const log = getLogger("new.one");
  assert(log instanceof AppLogger);
  assertStrictEquals(getLogger("new.one"), log);
  assertStrictEquals(getLogger("before"), before);
  assert(log.getChild("child") instanceof AppLogger);
  log.setLevel("NOTICE");
  log.notice("took %d", 12);
  assertEquals(lines, ["NOTICE took 12"]);
  await withCleanRootLogger(() => assert(!(getLogger("new.one") instanceof AppLogger)));
  assertThrows(() => setLoggerClass(Date as unknown as LoggerClass), TypeError, "extends Logger");
});

test("setLogRecordFactory() changes every new record before filters see it", async ({ records }) => {
  const plain = getLogRecordFactory();
  setLogRecordFactory((record) => ({ ...plain(record), extra: { version: 3 } }));
  getLogger("a").addFilter((record) => record.extra?.version === 3);
  getLogger("a").warn("x");
  assertEquals(records[0]?.extra, { version: 3 });
  setLogRecordFactory(() => {
    throw new Error("broken factory");
  });
  const reported = await captureStderr(() => getLogger("b").warn("still there"));
  assertEquals(records[1]?.msg, "still there");
  assert(reported.includes("The record factory failed: Error: broken factory"), reported);
  setLogRecordFactory((() => undefined) as unknown as RecordFactory);
  const junk = await captureStderr(() => getLogger("b").warn("there too"));
  assertEquals(records[2]?.msg, "there too");
  assert(junk.includes("it returned undefined, and no record"), junk);
  assertThrows(() => setLogRecordFactory(5 as unknown as RecordFactory), TypeError, "Cannot make");
});

test("getChild() and getChildren() name the loggers that Python's do", async () => {
  const children = (name: string) =>
    getLogger(name).getChildren().map((child) => child.name).toSorted();
  getLogger("a.b.c");
  getLogger("x");
  getLogger("x.y").getChild("z.q");
  assertStrictEquals(getLogger().getChild("x"), getLogger("x"));
  assertStrictEquals(getLogger("x").getChild("y"), getLogger("x.y"));
  const seen = [children("root"), children("x"), children("x.y"), children("a")];
  assertEquals(
    seen,
    await askPython(`
import logging
def hierlevel(logger):
    return 0 if logger is logging.root else 1 + logger.name.count(".")
def children(name): # Logger.getChildren of Python 3.12
    logger = logging.getLogger(name)
    existing = [l for l in logging.root.manager.loggerDict.values() if isinstance(l, logging.Logger)]
    return sorted(l.name for l in existing if l.parent is logger and hierlevel(l) == 1 + hierlevel(logger))
logging.getLogger("a.b.c")
logging.getLogger("x")
logging.getLogger("x.y").getChild("z.q")
print(json.dumps([children("root"), children("x"), children("x.y"), children("a")]))`),
  );
});
