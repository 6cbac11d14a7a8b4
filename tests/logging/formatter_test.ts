import { assertEquals, assertThrows } from "@std/assert";
import {
  Formatter,
  type FormatterLike,
  JsonFormatter,
  type LogRecord,
} from "@paralog/paralog/logging";
import { toFormatter } from "../../src/logging/formatter.ts";
import { serializeError } from "../../src/logging/errors.ts";
import { askPython } from "../support/ask_python.ts";

const RECORD: LogRecord = {
  name: "app.jobs",
  level: 30,
  levelName: "WARN",
  msg: "ready",
  args: [],
  time: 1_700_000_000_007.9,
  seq: 3,
  process: 4711,
  processName: "Worker-1",
  taskIndex: 2,
  extra: { jobId: 7 },
};

Deno.test("Formatter formats as Python does", async () => {
  const patterns = [
    "%(asctime)s %(levelname)s %(processName)s %(process)d %(name)s %(message)s",
    "%(levelname)-8s|%(name)12s|%(process)08d|%(msecs)03d|%(msecs)d|%(levelno)s",
    "%(created)f %(message).3s 100%% %(jobId)s",
    "%(asctime)-30s|",
  ];
  const lines = patterns.map((pattern) => new Formatter(pattern).format(RECORD));
  const expected = await askPython<string[]>(
    `
import logging
given = json.load(sys.stdin)
logging.addLevelName(30, "WARN")
record = logging.LogRecord(given["name"], 30, "x.py", 1, given["msg"], None, None)
record.created = given["time"] / 1000
record.msecs = float(int(given["time"] % 1000))
record.process, record.processName = given["process"], given["processName"]
record.jobId = 7
print(json.dumps([logging.Formatter(p).format(record) for p in given["patterns"]]))`,
    { ...RECORD, patterns },
  );
  assertEquals(lines, expected);
});

Deno.test("Formatter writes an error and a stack on lines of their own", () => {
  const error = { ...serializeError(new Error("no")), stack: "Error: no\n    at f" };
  const line = new Formatter().format({ ...RECORD, error, stack: "at g" });
  assertEquals(line, "ready\nError: no\n    at f\nat g");
});

Deno.test("Formatter tells the milliseconds of two records in one second apart", () => {
  const formatter = new Formatter("%(asctime)s");
  const [first, second] = [1_700_000_000_007, 1_700_000_000_999].map((time) =>
    formatter.format({ ...RECORD, time }).slice(-4)
  );
  assertEquals([first, second], [",007", ",999"]);
});

Deno.test("Formatter refuses a pattern without a field, and names a field that is missing", () => {
  assertThrows(() => new Formatter("no field"), TypeError, "it names no field");
  assertThrows(
    () => new Formatter("%(nope)s").format(RECORD),
    RangeError,
    'the record has no field "nope"',
  );
});

Deno.test("toFormatter() takes a function that reads the names of @std/log", () => {
  const formatter = toFormatter(({ datetime, levelName, loggerName, msg, args }) =>
    `${datetime.getTime()} ${levelName} ${loggerName} ${msg} ${args.length}`
  );
  assertEquals(formatter.format(RECORD), "1700000000007 WARN app.jobs ready 0");
  assertThrows(() => toFormatter(5 as unknown as FormatterLike), TypeError, "Cannot use 5");
});

Deno.test("JsonFormatter writes one object a line, whatever was logged", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const extra = { jobId: 7, big: 12n, cycle, level: "mine" };
  const line = new JsonFormatter().format({ ...RECORD, msg: "two\nlines", extra });
  assertEquals(line.includes("\n"), false);
  assertEquals(JSON.parse(line), {
    time: "2023-11-14T22:13:20.007Z",
    level: "WARN",
    name: "app.jobs",
    message: "two\nlines",
    process: 4711,
    processName: "Worker-1",
    taskIndex: 2,
    jobId: 7,
    big: "12",
    cycle: "<ref *1> { self: [Circular *1] }",
    "extra.level": "mine",
  });
});

Deno.test("Formatter refuses fields and conversions that it has not, when it is made", () => {
  const bad: [string, string][] = [
    ["%(threadName)s %(message)s", "records have no threadName here, allowed are asctime, name"],
    ["%(message)s %(name)q", '"%(name)q" is no conversion'],
    ["%(message)s %(name", '"%(name" is no conversion'],
  ];
  for (const [pattern, text] of bad) assertThrows(() => new Formatter(pattern), TypeError, text);
});

Deno.test("Formatter writes a dash for the task index of a record from outside of tasks", () => {
  const { taskIndex: _, ...record } = RECORD;
  assertEquals(new Formatter("%(taskIndex)3d|%(message)s").format(RECORD), "  2|ready");
  assertEquals(new Formatter("%(taskIndex)3d|%(message)s").format(record), "  -|ready");
});
