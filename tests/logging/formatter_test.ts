import { assert, assertEquals, assertThrows } from "@std/assert";
import { Formatter, type FormatterLike } from "@paralog/paralog/logging";
import { type SerializedError, serializeError } from "../../src/logging/errors.ts";
import { type FormatterOptions, toFormatter } from "../../src/logging/formatter.ts";
import { askPython } from "../support/ask_python.ts";
import { recordOf } from "../support/records.ts";

const RECORD = recordOf("ready", {
  time: 1_700_000_000_007.9,
  seq: 3,
  processName: "Worker-1",
  taskIndex: 2,
  extra: { jobId: 7 },
  location: { file: "/srv/app/jobs.worker.ts", line: 12, functionName: "run" },
});

/** The same record in Python, formatted by each pattern and its options; "!" where it is refused. */
const PYTHON = `
import logging, time
given = json.load(sys.stdin)
logging.addLevelName(30, "WARN")
record = logging.LogRecord(given["name"], 30, given["location"]["file"], 12, given["msg"], None, None,
  given["location"]["functionName"])
record.created = given["time"] / 1000
record.msecs = float(int(given["time"] % 1000))
record.process, record.processName = given["process"], given["processName"]
record.thread, record.threadName = given["process"], given["processName"]
record.jobId = 7
def format(pattern, style="%", datefmt=None, utc=False, defaults=None, validate=True):
    try:
        formatter = logging.Formatter(pattern, datefmt, style, validate, defaults=defaults)
    except ValueError:
        return "!"
    if utc:
        formatter.converter = time.gmtime
    return formatter.format(record)
print(json.dumps([format(p, **o) for p, o in given["cases"]]))`;

function formatOrRefuse(pattern: string, options: FormatterOptions): string {
  try {
    return new Formatter(pattern, options).format(RECORD);
  } catch (error) {
    assert(error instanceof TypeError, String(error));
    return "!";
  }
}

Deno.test("Formatter formats as Python does, in all styles", async () => {
  const cases: [pattern: string, options: FormatterOptions][] = [
    ["%(asctime)s %(levelname)s %(processName)s %(process)d %(name)s %(message)s", {}],
    ["%(levelname)-8s|%(name)12s|%(process)08d|%(msecs)03d|%(msecs)d|%(levelno)s", {}],
    ["%(created)f %(created)s %(msecs)s %(message).3s 100%% %(jobId)s", {}],
    ["%(asctime)-30s| %(msg)s %(exc_info)s %(exc_text)s %(stack_info)s", {}],
    ["%(pathname)s %(filename)s %(module)s %(lineno)d %(funcName)s", {}],
    ["%(threadName)s %(thread)d", {}],
    ["%(asctime)s %(message)s", { datefmt: "%d.%m.%y %I:%M:%S %p %Z" }],
    ["%(asctime)s %(message)s", { datefmt: "%A %e. %B %Y, %H:%M", utc: true }],
    ["%(asctime)s %(nope)s", { utc: true, defaults: { nope: "-", jobId: 9 } }],
    ["%(message)s %(jobId)s", { defaults: { jobId: 9 } }],
    ["", {}],
    ["", { style: "{" }],
    ["", { style: "$" }],
    ["{asctime} {levelname:<8}|{name:>12}|{process:08d}|{msecs:03.0f}|{lineno:,}", { style: "{" }],
    ["{created} {created:.2f} {msecs} {message!s:^9} {{}} {jobId:+d}", { style: "{" }],
    ["{asctime:*>30} {nope:5}|", { style: "{", datefmt: "%T", defaults: { nope: 1 } }],
    ["$asctime ${levelname} $name: $message $$5 ${jobId}$msecs", { style: "$" }],
    ["$message $nope", { style: "$", defaults: { nope: 1.5 } }],
    // Refused:
    ["no field", {}],
    ["{message}", {}],
    ["%(message)s", { style: "{" }],
    ["{message", { style: "{" }],
    ["{message!x}", { style: "{" }],
    ["{message:q}", { style: "{" }],
    ["{message} }", { style: "{" }],
    ["%(message)s", { style: "$" }],
    ["$message $", { style: "$" }],
    ["${message", { style: "$" }],
    ["$1 $message", { style: "$" }],
  ];
  const expected = await askPython<string[]>(PYTHON, { ...RECORD, cases });
  assertEquals(cases.map(([pattern, options]) => formatOrRefuse(pattern, options)), expected);
});

Deno.test("Formatter says what Python says where the place of a call is not known", async () => {
  const { location: _, ...record } = RECORD;
  const pattern = "%(pathname)s %(filename)s %(module)s %(lineno)d %(funcName)s";
  const expected = await askPython<string>(
    `import logging
record = logging.LogRecord("n", 30, "(unknown file)", 0, "m", None, None, "(unknown function)")
print(json.dumps(logging.Formatter(json.load(sys.stdin)).format(record)))`,
    pattern,
  );
  assertEquals(new Formatter(pattern).format(record), expected);
});

Deno.test("Formatter takes the fields that a record from Python brings along", () => {
  const pattern =
    "%(threadName)s %(thread)d %(taskName)s %(funcName)s %(relativeCreated)d %(name)s";
  const formatter = new Formatter(pattern);
  const extra = {
    ...{ threadName: "Thread-1", thread: 140, taskName: "Task-2", funcName: "main" },
    ...{ relativeCreated: 17.5, name: "not mine" },
  };
  assertEquals(formatter.format({ ...RECORD, extra }), "Thread-1 140 Task-2 main 17 app.jobs");
  const time = performance.timeOrigin + 20.5;
  assertEquals(
    formatter.format({ ...RECORD, time, processName: "MainProcess" }),
    "MainThread 4711 - run 20 app.jobs",
  );
});

Deno.test("Formatter tells whether its pattern names the time or the place of a call", () => {
  const asked = ["%(message)s", "%(asctime)s", "%(lineno)d", "%(module)s"]
    .map((pattern) => new Formatter(pattern))
    .map((formatter) => [formatter.usesTime(), formatter.usesLocation]);
  assertEquals(asked, [[false, false], [true, false], [false, true], [false, true]]);
});

Deno.test("Formatter writes an error and a stack on lines of their own", () => {
  const error = { ...serializeError(new Error("no")), stack: "Error: no\n    at f" };
  const line = new Formatter().format({ ...RECORD, error, stack: "at g" });
  assertEquals(line, "ready\nError: no\n    at f\nat g");
  assertEquals(new Formatter().format({ ...RECORD, msg: "a\n", stack: "at g" }), "a\nat g");
});

Deno.test("Formatter tells the milliseconds of two records in one second apart", () => {
  const formatter = new Formatter("%(asctime)s");
  const [first, second] = [1_700_000_000_007, 1_700_000_000_999].map((time) =>
    formatter.format({ ...RECORD, time }).slice(-4)
  );
  assertEquals([first, second], [",007", ",999"]);
  const micros = new Formatter("%(asctime)s", { datefmt: "%f" });
  assertEquals(
    [1_700_000_000_000.25, 1_700_000_000_001].map((time) => micros.format({ ...RECORD, time })),
    ["000250", "001000"],
  );
});

Deno.test("Formatter can be extended as Python's", () => {
  class Mine extends Formatter {
    override defaultTimeFormat = "%H:%M:%S";
    override defaultMsecFormat: string | undefined = "%s.%03d";
    override formatException(error: SerializedError): string {
      return `<${error.name}>`;
    }
    override formatStack(stack: string): string {
      return `<${stack}>`;
    }
  }
  const formatter = new Mine("%(asctime)s %(message)s", { utc: true });
  const error = serializeError(new RangeError("no"));
  assertEquals(
    formatter.format({ ...RECORD, error, stack: "at g" }),
    "22:13:20.007 ready\n<RangeError>\n<at g>",
  );
  formatter.defaultMsecFormat = undefined;
  assertEquals(formatter.format(RECORD), "22:13:20 ready");
});

Deno.test("Formatter escapes control characters in what was logged, not in its pattern", () => {
  const msg = "\x1b[2Ja\rb\x00\x7f\x9b\u202e\u2028\nc\td é🦕 C:\\dir";
  const formatter = new Formatter("\x1b[1m%(message)s\x1b[0m %(user)s %(n)5s|");
  const extra = { user: "\x07", n: ["\x1b"] };
  assertEquals(
    formatter.format({ ...RECORD, msg, extra }),
    "\x1b[1m\\x1b[2Ja\\rb\\x00\\x7f\\x9b\\u202e\\u2028\nc\td é🦕 C:\\dir\x1b[0m \\x07 " +
      '[ "\\x1b" ]|',
  );
  const error: SerializedError = {
    ...serializeError(new Error("")),
    stack: "Error: \x1b[1m\n\tat f",
  };
  assertEquals(new Formatter().format({ ...RECORD, error }), "ready\nError: \\x1b[1m\n\tat f");
});

Deno.test("Formatter writes a record as exactly one line if that is asked for", () => {
  const formatter = new Formatter("%(levelname)s\t%(message)s", { singleLine: true });
  const error: SerializedError = { ...serializeError(new Error("")), stack: "Error: no\n\tat f" };
  assertEquals(
    formatter.format({ ...RECORD, msg: "a\nb\tc", error, stack: "at g" }),
    "WARN\ta\\nb\\tc\\nError: no\\n\\tat f\\nat g",
  );
});

Deno.test("Formatter refuses a pattern without a field, and names a field that is missing", () => {
  assertThrows(() => new Formatter("no field"), TypeError, "it names no field");
  for (const [pattern, style] of [["%(nope)s", "%"], ["{nope}", "{"], ["$nope", "$"]] as const) {
    assertThrows(
      () => new Formatter(pattern, { style }).format(RECORD),
      RangeError,
      'the record has no field "nope"',
    );
  }
});

Deno.test("Formatter refuses what it can't read, when it is made", () => {
  const bad: [string, string][] = [
    ["%(message)s %(name)q", '"%(name)q" is no conversion'],
    ["%(message)s %(name", '"%(name" is no conversion'],
    ["%(message)*s", "write a number in place of the *"],
  ];
  for (const pattern of ["{name[0]}", "{levelname.upper} {message}", "{asctime.a}"]) {
    assertThrows(
      () => new Formatter(pattern, { style: "{" }),
      TypeError,
      "has no parts, write {",
    );
  }
  new Formatter("{user.name} {args[0]}", { style: "{" });
  for (const [pattern, style] of [["%(message)10001s", "%"], ["{message:10001}", "{"]] as const) {
    assertThrows(() => new Formatter(pattern, { style }), RangeError, "above 10000");
    const lenient = new Formatter(pattern, { style, validate: false });
    assertEquals(lenient.format(RECORD), pattern);
  }
  for (const [pattern, text] of bad) assertThrows(() => new Formatter(pattern), TypeError, text);
  assertThrows(
    () => new Formatter("x", { style: "?" as "%" }),
    RangeError,
    'current value is ?, allowed are "%", "{" and "$"',
  );
  assertThrows(
    () => new Formatter(5 as unknown as string),
    TypeError,
    "Cannot format records as 5",
  );
  assertThrows(
    () => new Formatter("%(asctime)s", { datefmt: 5 as unknown as string }),
    TypeError,
    "Cannot write times as 5",
  );
});

Deno.test("Formatter leaves what it can't read as it is, where it shall not validate", () => {
  const cases: [string, FormatterOptions["style"], string][] = [
    ["no field", "%", "no field"],
    ["100%, %(name)q %(message)s", "%", "100%, %(name)q ready"],
    ["{message {message} {} }", "{", "{message ready {} }"],
    ["$ $5 ${message} ${", "$", "$ $5 ready ${"],
  ];
  for (const [pattern, style, line] of cases) {
    assertEquals(new Formatter(pattern, { style, validate: false }).format(RECORD), line);
  }
});

Deno.test("Formatter writes a dash for the task index of a record from outside of tasks", () => {
  const { taskIndex: _, ...record } = RECORD;
  assertEquals(new Formatter("%(taskIndex)3d|%(message)s").format(RECORD), "  2|ready");
  assertEquals(new Formatter("%(taskIndex)3d|%(message)s").format(record), "  -|ready");
  assertEquals(
    new Formatter("{taskIndex:03d}|{taskIndex}", { style: "{" }).format(record),
    "  -|-",
  );
  assertEquals(new Formatter("$taskIndex", { style: "$" }).format(record), "-");
});

Deno.test("toFormatter() takes a function that reads the names of @std/log", () => {
  const formatter = toFormatter(({ datetime, levelName, loggerName, msg, args }) =>
    `${datetime.getTime()} ${levelName} ${loggerName} ${msg} ${args.length}`
  );
  assertEquals(formatter.format(RECORD), "1700000000007 WARN app.jobs ready 0");
  assertThrows(() => toFormatter(5 as unknown as FormatterLike), TypeError, "Cannot use 5");
});

Deno.test("toFormatter() gives a function the message without control characters", () => {
  const formatter = toFormatter(({ msg, loggerName }) => `\x1b[1m${loggerName}\x1b[0m ${msg}`);
  assertEquals(
    formatter.format({ ...RECORD, name: "a\r", msg: "\x1b[2J ok\n\ttext" }),
    "\x1b[1ma\\r\x1b[0m \\x1b[2J ok\n\ttext",
  );
});
