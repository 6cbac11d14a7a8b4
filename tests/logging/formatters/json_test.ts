import { assert, assertEquals } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { serializeError } from "../../../src/logging/errors.ts";
import { JsonFormatter } from "../../../src/logging/formatters/json.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("ready", {
  time: 1_700_000_000_007.9,
  seq: 3,
  processName: "Worker-1",
  taskIndex: 2,
});

/** The fields of a record's line. */
function read(record: Partial<LogRecord>): Record<string, unknown> {
  const line = new JsonFormatter().format({ ...RECORD, ...record });
  assert(!line.includes("\n"), line);
  return JSON.parse(line);
}

Deno.test("JsonFormatter writes one object a line", () => {
  assertEquals(
    read({ msg: "two\nlines", attempt: 3, extra: { jobId: 7, level: "mine", gone: undefined } }),
    {
      time: "2023-11-14T22:13:20.007Z",
      level: "WARN",
      name: "app.jobs",
      message: "two\nlines",
      process: 4711,
      processName: "Worker-1",
      taskIndex: 2,
      attempt: 3,
      jobId: 7,
      "extra.level": "mine",
    },
  );
});

Deno.test("JsonFormatter writes each record's own names and time, whatever came before", () => {
  const formatter = new JsonFormatter();
  const records = [
    { name: "a", levelName: "INFO" },
    { name: "a", levelName: "WARN" },
    { name: "b", levelName: "WARN" },
    { process: 1, time: 999.9 },
    { processName: "Worker-2", time: 1000 },
    { process: NaN, time: NaN },
    { time: -0.5 },
    { time: 8.64e15 + 1 },
    {},
  ].map((changed) => ({ ...RECORD, ...changed }));
  for (const record of [...records, ...records.toReversed(), ...records]) {
    assertEquals(formatter.format(record), new JsonFormatter().format(record));
  }
});

Deno.test("JsonFormatter writes an error with its causes, a stack and a place", () => {
  const error = serializeError(new RangeError("far", { cause: new Error("deep") }));
  const location = { file: "/a.ts", line: 3, functionName: "f" };
  const line = read({ error, stack: "at g", location });
  assertEquals(line.error, JSON.parse(JSON.stringify(error)));
  assertEquals([line.stack, line.location], ["at g", location]);
});

Deno.test("JsonFormatter writes what JSON has no words for", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const { error, ...fields } = read({
    extra: {
      big: 12n,
      cycle,
      map: new Map([["a", new Map([[1, 2]])]]),
      set: new Set([1, "b"]),
      bytes: new Uint8Array([1, 2]),
      numbers: [NaN, -Infinity, -0, undefined],
      date: new Date(0),
      noDate: new Date(NaN),
      symbol: Symbol("s"),
      error: new TypeError("t"),
      toJSON: () => "not called for the fields themselves",
      json: { toJSON: () => ({ deep: 1n }) },
      ["__proto__"]: 1,
    },
  });
  assertEquals(error, undefined);
  const inner = fields["extra.error"] as Record<string, unknown>;
  assertEquals([inner.name, inner.message], ["TypeError", "t"]);
  assertEquals(Object.entries(fields).slice(7).filter(([name]) => !/error|toJSON/.test(name)), [
    ["big", "12"],
    ["cycle", { self: "[Circular]" }],
    ["map", { a: [[1, 2]] }],
    ["set", [1, "b"]],
    ["bytes", [1, 2]],
    ["numbers", ["NaN", "-Infinity", 0, null]],
    ["date", "1970-01-01T00:00:00.000Z"],
    ["noDate", "Invalid Date"],
    ["symbol", "Symbol(s)"],
    ["json", { deep: "1" }],
    ["__proto__", 1],
  ]);
});

Deno.test("JsonFormatter never throws, whatever was logged", () => {
  const hostile = {
    get getter() {
      throw new Error("no");
    },
  };
  let deep: unknown = "end";
  for (let depth = 0; depth < 20_000; depth++) deep = [deep];
  const proxy = new Proxy({}, {
    ownKeys() {
      throw new Error("no");
    },
  });
  const toJSON = {
    toJSON() {
      throw new Error("no");
    },
  };
  const extra = Object.assign(Object.create(null), { hostile, deep, proxy, toJSON });
  Object.defineProperty(extra, "own", Object.getOwnPropertyDescriptor(hostile, "getter") ?? {});
  const line = read({ time: NaN, process: NaN, extra });
  assertEquals([line.time, line.process], ["Invalid Date", "NaN"]);
  assertEquals(line.own, "[own can't be read: Error: no]");
});

Deno.test("JsonFormatter writes no control character, and loses none", () => {
  const msg = '\x1b\x7f\x9b\u2028\u202e\ud800 \\ " é🦕';
  const line = new JsonFormatter().format({ ...RECORD, msg });
  assertEquals(/[\p{Cc}\u2028\u202e]/u.test(line), false);
  assertEquals(JSON.parse(line).message, msg);
});
