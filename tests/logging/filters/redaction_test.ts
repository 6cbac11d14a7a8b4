import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { serializeError } from "../../../src/logging/errors.ts";
import {
  RedactionFilter,
  type RedactionFilterOptions,
} from "../../../src/logging/filters/redaction.ts";
import { JsonFormatter } from "../../../src/logging/formatters/json.ts";
import { formatMessage } from "../../../src/logging/message.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("ready", {
  name: "app",
  level: 20,
  levelName: "INFO",
  time: 0,
  process: 1,
});

/** The record of a log call. */
function logged(message: string, ...rest: unknown[]): LogRecord {
  return { ...RECORD, ...formatMessage(message, rest) };
}

const FILTER = new RedactionFilter({ fields: ["password", "Token"] });

Deno.test("RedactionFilter redacts named fields at any depth, in capitals or small letters", () => {
  const extra = {
    user: "ann",
    PASSWORD: "one1",
    deep: [{ token: { a: 1 } }, new Map([["token", "two2"], ["id", "3"]]), new Set(["x"])],
  };
  assertEquals(FILTER.filter({ ...RECORD, extra }).extra, {
    user: "ann",
    PASSWORD: "[REDACTED]",
    deep: [
      { token: "[REDACTED]" },
      new Map([["token", "[REDACTED]"], ["id", "3"]]),
      new Set(["x"]),
    ],
  });
});

Deno.test("RedactionFilter removes the values of named fields from texts", () => {
  const { msg, args, extra } = FILTER.filter(
    logged("login of %s with %s", "ann", "hunter2", { password: "hunter2", note: "is hunter2!" }),
  );
  assertEquals(msg, "login of ann with [REDACTED]");
  assertEquals(args, ["ann", "[REDACTED]"]);
  assertEquals(extra, { password: "[REDACTED]", note: "is [REDACTED]!" });
  const messages = [
    logged("as %(password)s", { password: "hunter2" }),
    logged("body %j", { password: 'a "b" c' }),
    logged("body %r", { deep: { token: ["hunter2", "hunter22"] } }),
    logged("pin %d of %d in 147110", 4711, 4, { token: 4711 }),
    logged("x is short, xy is not", { password: "x" }),
    logged("$& stays", { password: "stays" }),
  ].map((record) => FILTER.filter(record).msg);
  assertEquals(messages, [
    "as [REDACTED]",
    'body {"password":"[REDACTED]"}',
    'body { deep: { token: [ "[REDACTED]", "[REDACTED]" ] } }',
    "pin [REDACTED] of 4 in 147110",
    "[REDACTED] is short, xy is not",
    "$& [REDACTED]",
  ]);
});

Deno.test("RedactionFilter removes what matches a pattern from every text", () => {
  const filter = new RedactionFilter({ patterns: [/\bsk-\w+/, "\\d{4}"], replacement: "$1***" });
  const error = serializeError(
    Object.assign(
      new Error("no sk-1", { cause: new AggregateError([new Error("sk-2")], "5555") }),
      {
        key: "sk-3",
        headers: { authorization: ["sk-4"] },
      },
    ),
  );
  const redacted = filter.filter({
    ...logged("key sk-5 and %s, sk-6", 1234, { url: "/?k=sk-7" }),
    error,
    stack: "at sk-8",
  });
  const text = JSON.stringify({ ...redacted, args: [] });
  assert(!/sk-|5555|1234/.test(text), text);
  assertEquals(redacted.msg, "key $1*** and $1***, $1***");
  assertEquals(redacted.error?.message, "no $1***");
  assert(redacted.error?.stack?.includes("no $1***"));
  assertEquals(redacted.error?.fields, { key: "$1***", headers: { authorization: ["$1***"] } });
});

Deno.test("RedactionFilter redacts named fields of errors and their causes, not the errors' names", () => {
  const cause = Object.assign(new Error("deep hunter2"), { password: "hunter2" });
  const filter = new RedactionFilter({ fields: ["password", "name", "message"] });
  const { error } = filter.filter({
    ...RECORD,
    error: serializeError(new TypeError("far hunter2", { cause })),
  });
  assertEquals([error?.name, error?.message], ["TypeError", "far [REDACTED]"]);
  assert(error?.cause?.kind === "error");
  assertEquals(error.cause.error.fields, { password: "[REDACTED]" });
  assertEquals(error.cause.error.message, "deep [REDACTED]");
});

Deno.test("RedactionFilter looks into class instances, and keeps those without secrets", () => {
  class User {
    constructor(readonly name: string, readonly password?: string) {}
  }
  class Money {
    readonly #amount = 5;
    toJSON() {
      return { amount: this.#amount, token: "hunter2" };
    }
  }
  const plain = new User("ann");
  const date = new Date(0);
  const bytes = new Uint8Array(4);
  const extra = {
    plain,
    date,
    bytes,
    user: new User("bob", "hunter2"),
    money: new Money(),
    headers: new Headers({ token: "abcd", accept: "*" }),
    url: new URL("https://a.b/?k=hunter2"),
    error: Object.assign(new Error("hunter2"), { token: "t" }),
  };
  const redacted = FILTER.filter({ ...RECORD, extra }).extra ?? {};
  assertStrictEquals(redacted.plain, plain);
  assertStrictEquals(redacted.date, date);
  assertStrictEquals(redacted.bytes, bytes);
  assertEquals(redacted.user, { name: "bob", password: "[REDACTED]" });
  assertEquals(redacted.money, { amount: 5, token: "[REDACTED]" });
  assertEquals(redacted.headers, { token: "[REDACTED]", accept: "*" });
  assertEquals(String(redacted.url).includes("hunter2"), false);
  assertEquals(
    new JsonFormatter().format({ ...RECORD, extra: redacted }).includes("hunter2"),
    false,
  );
});

Deno.test("RedactionFilter never changes the record, and follows cycles", () => {
  const inner = Object.freeze({ password: "hunter2" });
  const cycle: Record<string, unknown> = { inner };
  cycle.self = cycle;
  const record = Object.freeze({ ...RECORD, extra: Object.freeze({ cycle, list: [cycle] }) });
  const redacted = FILTER.filter(record);
  assertEquals(inner.password, "hunter2");
  assertEquals(cycle.inner, inner);
  const copy = redacted.extra?.cycle as Record<string, unknown>;
  assertEquals(copy.inner, { password: "[REDACTED]" });
  assertStrictEquals(copy.self, copy);
  assertStrictEquals((redacted.extra?.list as unknown[])[0], copy);
});

Deno.test("RedactionFilter hands on the record itself where it has no secret", () => {
  const record = logged("ready %s", "x", { a: [1, { b: "c" }] });
  assertStrictEquals(FILTER.filter(record), record);
});

Deno.test("RedactionFilter never throws, and takes what it can't look at for secret", () => {
  const hostile = {
    a: 1,
    get b() {
      throw new Error("no");
    },
  };
  const refuse = () => {
    throw new Error("no");
  };
  const proxy = new Proxy({}, { ownKeys: refuse, getPrototypeOf: refuse });
  let deep: unknown = "end";
  for (let depth = 0; depth < 20_000; depth++) deep = { deep };
  const extra = { hostile, proxy, deep, ["__proto__"]: { token: "t" } };
  const redacted = FILTER.filter({ ...RECORD, extra }).extra ?? {};
  assertEquals(redacted.hostile, { a: 1, b: "[REDACTED]" });
  assertEquals(redacted.proxy, "[REDACTED]");
  assertEquals(JSON.stringify(redacted.deep).includes("end"), false);
  const unreadable = new Proxy(RECORD, {
    get: (record, key) => key === "args" ? refuse() : Reflect.get(record, key),
  });
  assertEquals(FILTER.filter({ ...RECORD, extra: proxy }).extra, { redacted: "[REDACTED]" });
  assertThrows(() => FILTER.filter(unreadable), Error, "no"); // No record: it can't be copied.
});

Deno.test("RedactionFilter refuses options that say nothing, or what is no pattern", () => {
  const bad: [unknown, string][] = [
    [{}, "neither fields nor patterns"],
    [undefined, "neither fields nor patterns"],
    [{ fields: "password" }, 'current value is "password", write a list of names'],
    [{ fields: [5] }, "write a list of names"],
    [{ patterns: /x/ }, "write a list of regular expressions"],
    [{ patterns: [5] }, "current value is 5, write a regular expression"],
    [{ fields: ["a"], replacement: 5 }, "current value of replacement is 5"],
  ];
  for (const [options, text] of bad) {
    assertThrows(() => new RedactionFilter(options as RedactionFilterOptions), TypeError, text);
  }
  assertThrows(
    () => new RedactionFilter({ patterns: [/x*/] }),
    RangeError,
    "matches the empty text",
  );
  assertThrows(() => new RedactionFilter({ patterns: ["("] }), SyntaxError);
});

Deno.test("RedactionFilter takes global and sticky patterns as any other", () => {
  const filter = new RedactionFilter({ patterns: [/a/y, /b/g, /c/i] });
  assertEquals(["xaab", "xaab", "C"].map((msg) => filter.filter({ ...RECORD, msg }).msg), [
    "x[REDACTED][REDACTED][REDACTED]",
    "x[REDACTED][REDACTED][REDACTED]",
    "[REDACTED]",
  ]);
});

Deno.test("RedactionFilter redacts an object that was logged as the message", () => {
  const value = { user: "u", password: "hunter2" };
  const { msg, args } = FILTER.filter({ ...RECORD, ...formatMessage(value, []) });
  assertEquals([msg.includes("hunter2"), args], [false, [{ user: "u", password: "[REDACTED]" }]]);
});
