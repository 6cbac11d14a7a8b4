import { assertEquals, assertThrows } from "@std/assert";
import {
  type AdaptedLogger,
  type Fields,
  getLogger,
  LoggerAdapter,
  type LogKeywords,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { askPython } from "../support/ask_python.ts";

function test(name: string, fn: (handler: ListHandler) => void | Promise<void>): void {
  Deno.test(name, () =>
    withCleanRootLogger(async () => {
      const handler = new ListHandler({ formatter: "%(levelname)s %(name)s %(message)s" });
      getLogger().addHandler(handler);
      getLogger().setLevel("INFO");
      await fn(handler);
    }));
}

class PrefixAdapter extends LoggerAdapter {
  override process(message: unknown, keywords: LogKeywords): [unknown, LogKeywords] {
    return [`[${this.extra.id}] ${message}`, keywords];
  }
}

test("LoggerAdapter adds its fields as Python's does, and drops those of the call", async ({ records }) => {
  const log = new LoggerAdapter(getLogger("a"), { ip: "1.2.3.4", user: "sheila" });
  log.info("plain");
  log.debug("too low");
  log.warn("%s at %d", "jim", 3, { user: "jim", more: 1 });
  log.log("ERROR", "last");
  const seen = records.map(({ levelName, msg, extra }) => [levelName, msg, extra]);
  assertEquals(
    seen,
    await askPython(`
import logging
logging.addLevelName(30, "WARN")
seen = []
class ListHandler(logging.Handler):
    def emit(self, r):
        seen.append([r.levelname, r.getMessage(), {k: getattr(r, k) for k in ("ip", "user", "more") if hasattr(r, k)}])
logging.getLogger().addHandler(ListHandler())
logging.getLogger().setLevel("INFO")
log = logging.LoggerAdapter(logging.getLogger("a"), {"ip": "1.2.3.4", "user": "sheila"})
log.info("plain")
log.debug("too low")
log.warning("%s at %d", "jim", 3, extra={"user": "jim", "more": 1})
log.log(logging.ERROR, "last")
print(json.dumps(seen))`),
  );
});

test("LoggerAdapter keeps the fields of the call with mergeExtra", ({ records }) => {
  const log = new LoggerAdapter(getLogger("a"), { a: 1, b: 1 }, { mergeExtra: true });
  log.info("x", { b: 2, c: 2 });
  assertEquals(records[0]?.extra, { a: 1, b: 2, c: 2 });
});

test("LoggerAdapter.process() may change the message; arguments, error and stack stay", ({ records }) => {
  const log = new PrefixAdapter(getLogger("a"), { id: 7 });
  log.info("took %d ms", 12);
  log.exception("no %s", new RangeError("far"), "luck");
  log.warn("with stack", { stackInfo: true, more: 1 });
  log.info(() => "made late");
  assertEquals(records.map(({ msg }) => msg), [
    "[7] took 12 ms",
    "[7] no luck",
    "[7] with stack",
    "[7] made late",
  ]);
  assertEquals(records[1]?.error?.className, "RangeError");
  assertEquals(records[2]?.stack?.includes("adapter_test.ts"), true);
  assertEquals(records[2]?.extra, { more: 1 });
});

test("LoggerAdapter asks for its fields at each call when they are given as a function", ({ records }) => {
  let user = "jim";
  const log = new LoggerAdapter(getLogger("a"), () => ({ user }));
  log.info("x");
  user = "fred";
  log.info("x");
  assertEquals(records.map(({ extra }) => extra), [{ user: "jim" }, { user: "fred" }]);
});

test("LoggerAdapter passes on what concerns the logger", () => {
  const log = new LoggerAdapter(getLogger("a.b"));
  assertEquals([log.name, log.getEffectiveLevel(), log.hasHandlers()], ["a.b", 20, true]);
  log.setLevel("ERROR");
  assertEquals([log.isEnabledFor("WARN"), getLogger("a.b").level], [false, 40]);
});

test("Logger.with() adds fields beside those of the call, and nests", ({ records }) => {
  const log = getLogger("a").with({ requestId: 7 }).with({ user: "jim" });
  log.info("x", { user: "fred", cached: true });
  log.info("y %s", { requestId: 8 });
  assertEquals(records[0]?.extra, { requestId: 7, user: "fred", cached: true });
  assertEquals(records[1]?.extra, { requestId: 7, user: "jim" });
});

test("LoggerAdapter makes nothing when the level is off", ({ records }) => {
  let made = 0;
  const log = new LoggerAdapter(getLogger("a"), () => ({ n: ++made }));
  log.debug(() => `${++made}`);
  assertEquals([made, records.length], [0, 0]);
});

Deno.test("LoggerAdapter refuses what is no logger, and fields that are none", () => {
  assertThrows(() => new LoggerAdapter({} as AdaptedLogger), TypeError, "no logger");
  assertThrows(
    () => new LoggerAdapter(getLogger(), 5 as unknown as Fields),
    TypeError,
    "Cannot add 5 to records",
  );
});

test("an adapter's fields and a caught error are never taken for arguments of the message", ({ records }) => {
  getLogger("a").with({ user: "bob" }).info("GET /%s");
  getLogger("a").with({ user: "bob" }).with({ id: 7 }).info("100% sure", { more: 1 });
  getLogger("a").exception("could not read %s", new Error("boom"));
  getLogger("a").with({ id: 7 }).exception("100% sure", new Error("boom"));
  assertEquals(records.map(({ msg, extra, error }) => [msg, extra, error?.message]), [
    ["GET /%s", { user: "bob" }, undefined],
    ["100% sure", { user: "bob", id: 7, more: 1 }, undefined],
    ["could not read %s", undefined, "boom"],
    ["100% sure", { id: 7 }, "boom"],
  ]);
});

test("fields that can't be had do not throw at the program", ({ records }) => {
  const log = getLogger("a").with(() => {
    throw new Error("no fields");
  });
  log.info("x");
  assertEquals(records[0]?.extra, { extraError: "Error: no fields" });
});
