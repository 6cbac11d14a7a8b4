import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  basicConfig,
  getLogger,
  type Handler,
  type LogRecord,
  PrefixFilter,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { askPython } from "../support/ask_python.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

test("getLogger() returns the same logger for the same name", () => {
  assertStrictEquals(getLogger("a.b"), getLogger("a.b"));
  assertStrictEquals(getLogger(), getLogger("root"));
  assertStrictEquals(getLogger(""), getLogger());
  assertEquals(getLogger().name, "root");
});

test("levels, propagation and filters are those of Python", async () => {
  const steps = [
    ["root", "WARN"],
    ["a", "NOTSET"],
    ["a.b", "DEBUG"],
    ["a.b.c", "NOTSET"],
    ["a.b.c.d", "ERROR"],
    ["x", "INFO"],
  ] as const;
  const names = [...steps.map(([name]) => name), "a.b.c.d.e", "x.y.z", "unknown.name"];
  const levels = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;

  const lines: string[] = [];
  const handlerFor = (label: string): Handler => {
    const handler = new ListHandler({ formatter: `${label} %(levelname)s %(name)s %(message)s` });
    handler.emit = (record: LogRecord) => lines.push(handler.format(record));
    return handler;
  };
  for (const [name, level] of steps) {
    getLogger(name).setLevel(level);
    const handler = handlerFor(name);
    if (name === "a.b") handler.setLevel("WARN");
    getLogger(name).addHandler(handler);
  }
  getLogger("x").propagate = false;
  getLogger("a.b.c").addFilter((record) => record.msg !== "INFO");
  getLogger("a").addFilter(() => false);
  for (const name of names) for (const level of levels) getLogger(name).log(level, level);
  getLogger("a.b").disabled = true;
  getLogger("a.b").critical("disabled");
  getLogger("a.b.c").critical("child of disabled");

  const expected = await askPython<string[]>(
    `
import logging
logging.addLevelName(30, "WARN")
given = json.load(sys.stdin)
lines = []
class ListHandler(logging.Handler):
    def emit(self, record):
        lines.append(self.format(record))
def get(name):
    return logging.getLogger(None if name == "root" else name)
for name, level in given["steps"]:
    get(name).setLevel(level)
    handler = ListHandler()
    handler.setFormatter(logging.Formatter(name + " %(levelname)s %(name)s %(message)s"))
    if name == "a.b": handler.setLevel("WARN")
    get(name).addHandler(handler)
get("x").propagate = False
get("a.b.c").addFilter(lambda record: record.getMessage() != "INFO")
get("a").addFilter(lambda record: False)
for name in given["names"]:
    for level in given["levels"]:
        get(name).log(getattr(logging, level), level)
get("a.b").disabled = True
get("a.b").critical("disabled")
get("a.b.c").critical("child of disabled")
print(json.dumps(lines))`,
    { steps, names, levels },
  );
  assertEquals(lines, expected);
  assert(lines.length > 40);
});

test("a logger's level, handlers and filters can be read and changed", () => {
  const log = getLogger("app");
  const handler = new ListHandler();
  assertEquals([log.level, log.getEffectiveLevel(), log.hasHandlers()], [0, 30, false]);
  log.setLevel("INFO");
  assert(log.isEnabledFor("INFO") && !log.isEnabledFor("DEBUG"));
  log.addHandler(handler);
  log.addHandler(handler);
  assertEquals(log.handlers, [handler]);
  assert(getLogger("app.child").hasHandlers());
  const filter = new PrefixFilter("> ");
  log.filters = [filter];
  log.info("one");
  log.removeFilter(filter);
  log.info("two");
  log.removeHandler(handler);
  log.removeHandler(handler);
  log.warn("nobody sees it but the last resort");
  assertEquals(handler.lines, ["> one", "two"]);
  assertThrows(() => log.setLevel("LOUD"), RangeError, 'Cannot use "LOUD" as a level');
});

test("a handler that is added while a record is handled gets the next one", () => {
  const late = new ListHandler();
  const first = new ListHandler();
  first.emit = () => getLogger("app").addHandler(late);
  getLogger("app").addHandler(first);
  getLogger("app").warn("one");
  getLogger("app").warn("two");
  assertEquals(late.lines, ["two"]);
});

test("a record has the time, the sequence and where it comes from", () => {
  const handler = new ListHandler();
  basicConfig({ level: "DEBUG", handlers: [handler] });
  const before = Date.now();
  getLogger("app").info("one", { jobId: 7 });
  getLogger("app").info("two");
  const [one, two] = handler.records;
  assert(one && two);
  assertEquals([one.process, one.processName, one.level, one.extra], [
    Deno.pid,
    "MainProcess",
    20,
    { jobId: 7 },
  ]);
  assert(one.time >= before - 1 && one.time <= Date.now() + 1, `${one.time}`);
  assertEquals(two.seq, one.seq + 1);
  assertEquals(structuredClone(one), one);
  assertEquals(JSON.parse(JSON.stringify(one)), one);
});

Deno.test("a message with wrong arguments, or an error in a handler, never reaches the program", () => {
  return withCleanRootLogger(() => {
    const handler = new ListHandler();
    handler.emit = () => {
      throw new Error("broken handler");
    };
    const reported: unknown[] = [];
    handler.handleError = (record, error) => reported.push([record.msg, (error as Error).message]);
    basicConfig({ handlers: [handler] });
    getLogger().warn("%d", "x");
    assertEquals(reported, [["%d x", "broken handler"]]);
  });
});

test("a handler whose emit() is asynchronous reports what it rejects with", async () => {
  const handler = new ListHandler();
  const reported = Promise.withResolvers<unknown>();
  handler.emit = () => Promise.reject(new Error("network down"));
  handler.handleError = (_record, error) => reported.resolve((error as Error).message);
  getLogger().addHandler(handler);
  getLogger().warn("x");
  assertEquals(await reported.promise, "network down");
});

test("a function in place of the message is called only when the record is made", () => {
  const handler = new ListHandler({ level: "DEBUG" });
  getLogger().addHandler(handler);
  let made = 0;
  const make = () => `made ${++made} with 100%`;
  getLogger("a").debug(make);
  getLogger("a").warn(make);
  getLogger("a").warn(make, { field: 1 });
  getLogger("a").warn(() => {
    throw new Error("no luck");
  });
  assertEquals(handler.lines, [
    "made 1 with 100%",
    "made 2 with 100%",
    "[the message could not be made: Error: no luck]",
  ]);
  assertEquals(handler.records[1]?.extra, { field: 1 });
});

test("exception() logs what was caught at ERROR, wherever it stands and whatever it is", () => {
  const handler = new ListHandler();
  getLogger().addHandler(handler);
  const error = new RangeError("too far", { cause: new Error("why") });
  getLogger("a").exception("no %s", error, "luck", { id: 7 });
  getLogger("a").exception("no %s", "luck", error);
  getLogger("a").exception("thrown", "a string");
  getLogger("a").exception("thrown", null);
  getLogger("a").exception("nothing thrown");
  assertEquals(handler.records.map(({ levelName, msg }) => `${levelName} ${msg}`), [
    "ERROR no luck",
    "ERROR no luck",
    "ERROR thrown",
    "ERROR thrown",
    "ERROR nothing thrown",
  ]);
  assertEquals(handler.records.map((record) => record.error?.message), [
    "too far",
    "too far",
    "a string",
    "null",
    undefined,
  ]);
  assertEquals(handler.records[0]?.extra, { id: 7 });
  assertEquals(handler.lines[2], "thrown\nThrown string: a string");
});

test("stackInfo adds the calls that led to the record, without this library's own", () => {
  const handler = new ListHandler();
  getLogger().addHandler(handler);
  function inner() {
    getLogger("a").warn("here", { stackInfo: true, id: 7 });
  }
  inner();
  const [first, second] = (handler.records[0]?.stack ?? "").split("\n");
  assertEquals(first, "Stack:");
  assert(second?.includes("at inner") && second.includes("logger_test.ts"), second);
  assertEquals(handler.records[0]?.extra, { id: 7 });
  assert(handler.lines[0]?.startsWith("here\nStack:\n    at inner"), handler.lines[0]);
});

test("isEnabledFor() follows every change of a level, in the realms of tasks too", async () => {
  const log = getLogger("a.b.c");
  const seen: boolean[] = [];
  const see = () => seen.push(log.isEnabledFor("INFO"));
  see();
  getLogger("a").setLevel("INFO");
  see();
  getLogger("a.b").setLevel("ERROR");
  see();
  getLogger("a.b").setLevel("NOTSET");
  see();
  getLogger("a").setLevel("NOTSET");
  getLogger().setLevel("DEBUG");
  see();
  await withCleanRootLogger(() => {
    see(); // The level of the root is kept.
    getLogger().setLevel("ERROR");
    see();
  });
  see();
  assertEquals(seen, [false, true, false, true, true, true, false, true]);
});

test("getLogger() refuses what is no name", () => {
  assertThrows(() => getLogger(5 as unknown as string), TypeError, "Cannot get logger 5");
});

test("a handler that logs to its own logger is stopped and reported", async () => {
  const handler = new ListHandler();
  const emit = handler.emit.bind(handler);
  handler.emit = (record) => {
    emit(record);
    getLogger("loop").warn("again");
  };
  getLogger("loop").addHandler(handler);
  const reported = await captureStderr(() => getLogger("loop").warn("first"));
  assertEquals(handler.lines, ["first", "again", "again"]);
  assertEquals(reported.split("--- Logging error ---").length, 2);
  assert(reported.includes("to a logger that has it as a handler"), reported);
});

test("several handlers that log to the root, or report by logging, end too", async () => {
  class Reporting extends ListHandler {
    override emit(record: LogRecord): void {
      super.emit(record);
      throw new Error("disk full");
    }
    override handleError(): void {
      getLogger().error("handler failed");
    }
  }
  const handlers = Array.from({ length: 5 }, () => new Reporting());
  for (const handler of handlers) getLogger().addHandler(handler);
  const reported = await captureStderr(() => getLogger().warn("first"));
  assertEquals(handlers.map(({ lines }) => lines.length), [31, 31, 31, 31, 31]); // 1 + 5 + 5 * 5
  assert(reported.includes("100 records were dropped"), reported);
  assert(!reported.includes("handler failed"), reported);
});

test("a report of a failure has no control characters, and only what filters let pass", async () => {
  const handler = new ListHandler({
    filters: [(record) => ({ ...record, msg: record.msg.replace("hunter2", "[REDACTED]") })],
  });
  handler.emit = () => {
    throw new Error("broken \x1b[2J");
  };
  getLogger("a").addHandler(handler);
  const reported = await captureStderr(() =>
    getLogger("a").warn("pw hunter2 \x1b]0;title\x07\nforged")
  );
  assert(reported.includes("WARN:a:pw [REDACTED] \\x1b]0;title\\x07\\nforged\n"), reported);
  assert(!reported.includes("\x1b") && !reported.includes("hunter2"), reported);
});

test("a name may have any number of parts", () => {
  const handler = new ListHandler();
  getLogger().addHandler(handler);
  const name = "part.".repeat(2000) + "end";
  getLogger(name).warn("deep");
  assertEquals([handler.records[0]?.name, getLogger(name).getEffectiveLevel()], [name, 30]);
});

test("stackInfo works where the program prepares stacks itself", () => {
  const handler = new ListHandler();
  getLogger().addHandler(handler);
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    getLogger("a").warn("here", { stackInfo: true });
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  assert(handler.records[0]?.stack?.includes("logger_test.ts"), handler.records[0]?.stack);
});

test("a report of a filter that throws shows what the filters before it have left", async () => {
  const handler = new ListHandler({
    filters: [
      (record) => ({ ...record, msg: record.msg.replace("hunter2", "[REDACTED]") }),
      () => {
        throw new Error("broken filter");
      },
    ],
  });
  getLogger("a").addHandler(handler);
  const reported = await captureStderr(() => getLogger("a").warn("pw hunter2"));
  assert(reported.includes("broken filter") && reported.includes("pw [REDACTED]"), reported);
});
