import { assertEquals, assertThrows } from "@std/assert";
import { makeLogRecord } from "../../../src/logging/network/make_record.ts";
import { askPython } from "../../support/ask_python.ts";

const own = {
  name: "app.jobs",
  level: 30,
  levelName: "WARN",
  msg: "100% of %d",
  args: [3],
  time: 1_700_000_000_123.25,
  seq: 7,
  process: 42,
  processName: "Worker-1",
  taskIndex: 2,
  extra: { user: "ann", level: "deep" },
  error: {
    className: "MyError",
    name: "MyError",
    base: "Error",
    message: "boom",
    stack: "MyError: boom\n    at f",
    cause: { kind: "value", value: 3 },
    errors: [{ kind: "error", error: { className: "E", name: "E", base: "Error", message: "in" } }],
    fields: { code: 5 },
  },
  stack: "Stack:\n    at g",
  location: { file: "/a.ts", line: 3, functionName: "g" },
};

Deno.test("makeLogRecord() gives our own record back after its way through JSON", () => {
  assertEquals(makeLogRecord(JSON.parse(JSON.stringify(own))), own as unknown);
});

Deno.test("makeLogRecord() fills in what is absent", () => {
  const before = Date.now();
  const { time, ...record } = makeLogRecord({ msg: "hello" });
  assertEquals(time >= before && time <= Date.now(), true);
  assertEquals(record, {
    ...{ name: "root", level: 0, levelName: "NOTSET", msg: "hello", args: [] },
    ...{ seq: 0, process: 0, processName: "MainProcess" },
  });
  assertEquals(makeLogRecord({}).msg, "");
});

Deno.test("makeLogRecord() reads the __dict__ of Python's records", async () => {
  const python = await askPython<Record<string, unknown>[]>(`
import logging
logging.addLevelName(25, "NOTICE")
kept = []
class Keep(logging.Handler):
    def emit(self, record):
        self.format(record)
        record.exc_info = None
        kept.append(dict(record.__dict__))
log = logging.getLogger("app.jobs")
log.addHandler(Keep())
log.setLevel(1)
log.warning("took %d ms for %s", 12, "ünï", extra={"user": "ann", "seq": "x", "time": None})
log.log(25, "custom %(a)s", {"a": True})
log.log(17, "no name")
try:
    raise ValueError("two\\nlines: yes")
except ValueError:
    log.exception("failed", stack_info=True)
def f(): log.critical("in f")
f()
print(json.dumps(kept))`);
  const [warning, notice, nameless, failed, inFunction] = python.map(makeLogRecord);
  assertEquals([warning?.level, warning?.levelName], [30, "WARN"]);
  assertEquals([warning?.name, warning?.msg], ["app.jobs", "took 12 ms for ünï"]);
  assertEquals(warning?.args, [12, "ünï"]);
  assertEquals(warning?.time, Number(python[0]?.created) * 1000);
  assertEquals(warning?.process, python[0]?.process);
  const { user, seq, time, threadName } = warning?.extra ?? {};
  assertEquals([user, seq, time, threadName], ["ann", "x", null, "MainThread"]);
  assertEquals(warning?.location, { file: "<string>", line: 14, functionName: "<module>" });
  assertEquals("lineno" in (warning?.extra ?? {}), false);
  assertEquals([notice?.levelName, notice?.msg], ["NOTICE", "custom True"]);
  assertEquals(nameless?.levelName, "Level 17");
  assertEquals([failed?.error?.className, failed?.error?.message], [
    "ValueError",
    "two\nlines: yes",
  ]);
  assertEquals(failed?.error?.stack, python[3]?.exc_text);
  assertEquals(failed?.stack, python[3]?.stack_info);
  assertEquals([inFunction?.levelName, inFunction?.location?.functionName], ["CRITICAL", "f"]);
});

Deno.test("makeLogRecord() writes Python's arguments into the message", () => {
  const merged = (msg: unknown, args: unknown) => makeLogRecord({ levelno: 20, msg, args }).msg;
  assertEquals(merged("%s and %03d", ["a", 7]), "a and 007");
  assertEquals(merged("%(a)s", { a: 1 }), "1");
  assertEquals(merged("100%", null), "100%");
  assertEquals(merged("100%", []), "100%");
  assertEquals(merged({ a: 1 }, null), "{ a: 1 }");
});

Deno.test("makeLogRecord() leaves a message as it is whose arguments would make too much of it", () => {
  const made = (msg: string, args: unknown) => makeLogRecord({ levelno: 20, msg, args });
  const text = "x".repeat(100_000);
  const ones = Array<number>(300).fill(1);
  assertEquals(made("%*d", [90_000_000, 1]).msg, "%*d 90000000 1");
  assertEquals(made("%1000000d", [1]).msg, "%1000000d 1");
  assertEquals(made("%9999d".repeat(100), ones.slice(200)).msg.length, 999_900);
  assertEquals(made("%9999d".repeat(300), ones).msg, `${"%9999d".repeat(300)} ${ones.join(" ")}`);
  const stars = made("%*d".repeat(100_000), Array(200_000).fill(9999));
  assertEquals([stars.msg.startsWith("%*d%*d"), stars.msg.length], [true, 1_300_000]);
  for (const template of ["%(a)s", "%(a).0s", "%(a)r", "%(a)j"]) {
    const { msg, extra } = made(template.repeat(100_000), { a: text });
    assertEquals([msg, extra], [template.repeat(100_000), { a: text }]);
  }
  assertEquals(made("%(a)s|%(a)s", { a: text }).msg, `${text}|${text}`);
  assertEquals(made("%(".repeat(500_000), [1]).msg, `${"%(".repeat(500_000)} 1`);
  const texts = Array<string>(12).fill(text);
  assertEquals(made("%s".repeat(12), texts).msg, ["%s".repeat(12), ...texts].join(" "));
});

Deno.test("makeLogRecord() names levels as here, and keeps names it does not know", () => {
  const named = (levelno: number, levelname?: string) =>
    makeLogRecord({ levelno, levelname }).levelName;
  assertEquals(named(30, "WARNING"), "WARN");
  assertEquals(named(50, "FATAL"), "CRITICAL");
  assertEquals(named(25, "NOTICE"), "NOTICE");
  assertEquals(named(30, "ATTENTION"), "ATTENTION");
  assertEquals(named(30, "Level 30"), "WARN");
  assertEquals(named(30), "WARN");
  assertEquals(makeLogRecord({ levelname: "WARNING" }).level, 30);
});

Deno.test("makeLogRecord() reads the class and message off a traceback", () => {
  const read = (exc_text: string) => {
    const { error } = makeLogRecord({ levelno: 40, exc_text });
    return [error?.className, error?.message];
  };
  const frames =
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    f()\n';
  assertEquals(read(`${frames}ValueError: boom`), ["ValueError", "boom"]);
  assertEquals(read(`${frames}KeyboardInterrupt`), ["KeyboardInterrupt", ""]);
  assertEquals(read(`${frames}json.decoder.JSONDecodeError: bad: 1`), [
    "JSONDecodeError",
    "bad: 1",
  ]);
  assertEquals(
    read(`${frames}ValueError: a\n\nDuring handling of …\n\n${frames}KeyError: 'b'\nnote`),
    ["KeyError", "'b'\nnote"],
  );
  assertEquals(read("RuntimeError: alone"), ["RuntimeError", "alone"]);
  assertEquals(read("just text!"), ["Error", "just text!"]);
});

Deno.test("makeLogRecord() refuses wrong types and names the attribute", () => {
  const wrong: readonly (readonly [attributes: Record<string, unknown>, text: string])[] = [
    [{ name: 3 }, "current value of name is 3 (number), allowed: text"],
    [{ level: "WARN" }, "current value of level is WARN (string), allowed: finite numbers"],
    [{ levelno: "x" }, "current value of levelno is x (string)"],
    [{ levelno: 20, created: "now" }, "current value of created is now"],
    [{ time: NaN }, "current value of time is NaN"],
    [{ args: "abc" }, "current value of args is abc (string), allowed: a list"],
    [{ levelno: 20, args: 5 }, "current value of args is 5"],
    [{ extra: [1] }, "current value of extra is [ 1 ] (object), allowed: an object"],
    [{ error: "boom" }, "current value of error is boom"],
    [{ exc_text: 1 }, "current value of exc_text is 1"],
    [{ stack: {} }, "current value of stack is {}"],
    [{ process: "1" }, "current value of process is 1 (string)"],
    [{ name: ["x".repeat(1000)] }, "xxx… (object)"],
  ];
  for (const [attributes, text] of wrong) {
    assertThrows(() => makeLogRecord(attributes), TypeError, text);
  }
  for (const none of [null, [], "text", 3, new Map()]) {
    const attributes = none as unknown as Record<string, unknown>;
    assertThrows(() => makeLogRecord(attributes), TypeError, "current value of the attributes");
  }
  assertThrows(() => makeLogRecord({ level: -1 }), RangeError, "level is -1");
  assertThrows(() => makeLogRecord({ level: 1.5 }), RangeError, "level is 1.5");
  assertThrows(() => makeLogRecord({ time: 1e300 }), RangeError, "time is out of range");
  assertThrows(() => makeLogRecord({ levelname: "NOPE" }), RangeError, '"NOPE"');
});

Deno.test("makeLogRecord() is safe from names and depth that would do harm", () => {
  const text = '{"msg":"x","__proto__":{"polluted":1},"extra":{"__proto__":{"polluted":1}}}';
  const record = makeLogRecord(JSON.parse(text));
  assertEquals(Object.keys(record.extra ?? {}), ["__proto__"]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  let deep: unknown = null;
  for (let n = 0; n < 10_000; n++) {
    deep = { kind: "error", error: { name: "E", message: "m", cause: deep } };
  }
  const { error } = makeLogRecord({ msg: "x", error: { name: "E", message: "m", cause: deep } });
  let depth = 0;
  let cause = error?.cause;
  for (; cause?.kind === "error"; cause = cause.error.cause) depth++;
  assertEquals([depth, cause], [32, { kind: "value", value: "[cut here]" }]);
});
