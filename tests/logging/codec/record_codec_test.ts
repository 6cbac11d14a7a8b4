import { assert, assertEquals, assertThrows } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for the tests of the codec alone
import fc from "npm:fast-check@4.10.2";
import type { LogRecord } from "@paralog/paralog/logging";
import {
  decodeRecord,
  decodeUntrusted,
  encodeRecord,
} from "../../../src/logging/codec/record_codec.ts";
import { serializeError } from "../../../src/logging/errors.ts";
import { inspect } from "../../../src/logging/text/inspect.ts";
import { recordOf } from "../../support/records.ts";

function travelled<T>(value: T): T {
  const { extra } = decodeRecord(encodeRecord(recordOf("m", { extra: { value } })));
  return extra?.value as T; // What the codec promises.
}

/** The form in which a value travels. */
function formOf(value: unknown): unknown {
  return JSON.parse(encodeRecord(recordOf("m", { extra: { value } }))).extra.value;
}

Deno.test("encodeRecord() writes an ordinary record as plain JSON with its own field names", () => {
  const record = recordOf("two\nlines \u2028, \0 and half a pair \ud800", {
    args: [1, "x", true, null, [1.5], { a: -1 }],
    extra: { job: { id: 7 }, tags: ["a", "b"] },
    error: serializeError(new TypeError("bad", { cause: new Error("why") })),
    taskIndex: 3,
    run: "1",
  });
  const text = encodeRecord(record);
  assertEquals(text, JSON.stringify(record));
  assertEquals(text.includes("\n"), false);
  assertEquals(decodeRecord(text), record);
});

Deno.test("encodeRecord() leaves out optional fields that are undefined", () => {
  const record = recordOf("m", { args: [1n], taskIndex: undefined, error: undefined });
  assertEquals(decodeRecord(encodeRecord(record)), recordOf("m", { args: [1n] }));
});

Deno.test("encodeRecord() has a stated form for every value that JSON has not", () => {
  const shared = { a: 1 };
  const cases: [value: unknown, form: unknown][] = [
    [undefined, { $: ["undefined"] }],
    [[NaN, -Infinity, -0], [{ $: ["number", "NaN"] }, { $: ["number", "-Infinity"] }, {
      $: ["number", "-0"],
    }]],
    [-5n, { $: ["BigInt", "-5"] }],
    [-(2n ** 200n), { $: ["BigInt", `-0x1${"0".repeat(50)}`] }],
    [Symbol("s"), { $: ["Symbol", "s"] }],
    [Symbol(), { $: ["Symbol"] }],
    [function f() {}, { $: ["function", "f", "[Function: f]"] }],
    [new Date(0), { $: ["Date", 0] }],
    [new Date(NaN), { $: ["Date", null] }],
    [/a/g, { $: ["RegExp", "a", "g"] }],
    [new URL("http://a.b/c"), { $: ["URL", "http://a.b/c"] }],
    [new URLSearchParams("a=1"), { $: ["URLSearchParams", "a=1"] }],
    [new Headers({ a: "b" }), { $: ["Headers", [["a", "b"]]] }],
    [Object("b"), { $: ["boxed", "b"] }],
    [new Uint8Array([1, 2]), { $: ["Uint8Array", "AQI="] }],
    [new DataView(new ArrayBuffer(2), 1), {
      $: ["DataView", { $: ["ArrayBuffer", "AAA="] }, 1, 1],
    }],
    [new Map([["a", 1n]]), { $: ["Map", [["a", { $: ["BigInt", "1"] }]]] }],
    [new Set([1]), { $: ["Set", [1]] }],
    // deno-lint-ignore no-sparse-arrays
    [[1, , 3], { $: ["Array", 3, [[0, 1], [2, 3]]] }],
    [{ $: 1 }, { $: ["plain", 1] }],
    [{ $: 1, a: 2 }, { $: 1, a: 2 }],
    [[shared, shared], [{ a: 1 }, { $: ["ref", 4] }]],
    [
      new (class Foo {
        a = 1;
      })(),
      { $: ["as", null, { class: "Foo" }, { a: 1 }] },
    ],
    [Object.create(null), { $: ["as", null, { class: null }, {}] }],
    [{
      get a() {
        return 1;
      },
    }, { a: { $: ["get", "get", 1] } }],
  ];
  for (const [value, form] of cases) {
    assertEquals(formOf(value), form);
    assertEquals(inspect(travelled(value)), inspect(value));
  }
});

Deno.test("decodeRecord() gives errors back as errors of their class", () => {
  class TimeoutError extends RangeError {
    override name = "TimeoutError";
    ms = 5;
  }
  const error = travelled(new TimeoutError("late", { cause: new Error("why") }));
  assert(error instanceof RangeError);
  assertEquals([error.constructor.name, error.name, error.message], [
    "TimeoutError",
    "TimeoutError",
    "late",
  ]);
  assertEquals(error.ms, 5);
  assertEquals((error.cause as Error).message, "why");
  const many = travelled(new AggregateError([new TypeError("one")], "many"));
  assert(many instanceof AggregateError && many.errors[0] instanceof TypeError);
  const both = travelled(new SuppressedError(1n, 2n, "both"));
  assert(both instanceof SuppressedError);
  assertEquals([both.error, both.suppressed, both.message], [1n, 2n, "both"]);
});

Deno.test("decodeRecord() gives cycles and what is shared back as one object", () => {
  const node: Record<string, unknown> = { date: new Date(0) };
  Object.assign(node, { self: node, map: new Map([[node, node.date]]), set: new Set([node]) });
  const arrived = travelled(node);
  assert(arrived.self === arrived);
  assertEquals([...arrived.map as Map<unknown, unknown>], [[arrived, arrived.date]]);
  assert((arrived.set as Set<unknown>).has(arrived));

  const record = recordOf("m", { extra: { error: new Error("x"), n: 1n } });
  Object.assign(record.extra!, { record });
  const read = decodeRecord(encodeRecord(record));
  assert(read.extra?.record === read);
});

Deno.test("decodeRecord() gives a getter its value, a function its looks, and calls neither", () => {
  let calls = 0;
  const arrived = travelled({
    get now() {
      return ++calls;
    },
    log: () => ++calls,
  });
  assertEquals(arrived.now, 1);
  assertEquals(arrived.log(), undefined as unknown as number);
  assertEquals(calls, 1);
});

/** What a program may log by mistake, or an attacker on purpose. */
function hostileValues(): unknown[] {
  let wide: unknown = "leaf";
  for (let n = 0; n < 60; n++) wide = [wide, wide]; // 2 ** 60 values, were they all written.
  let deep: unknown = "end";
  for (let n = 0; n < 100_000; n++) deep = [deep];
  const endless = (): unknown => ({
    get a() {
      return endless();
    },
    get b() {
      return endless();
    },
  });
  const fail = () => {
    throw new Error("no");
  };
  const traps = ["get", "getOwnPropertyDescriptor", "getPrototypeOf", "has", "ownKeys"] as const;
  const targets = [{ a: 1 }, [1, 2], new Map([[1, 2]]), new Date(0), new Error("e"), () => {}];
  return [
    wide,
    deep,
    endless(),
    new Array(2 ** 32 - 1),
    ...traps.flatMap((trap) => targets.map((target) => new Proxy(target, { [trap]: fail }))),
    new Proxy({}, { ownKeys: () => Array.from({ length: 1000 }, (_, n) => `k${n}`) }),
    new Proxy({}, { getPrototypeOf: () => new Proxy({}, {}) }),
    Object.create(Map.prototype),
    Object.create(Date.prototype),
    Object.create(Error.prototype),
    Object.create(Uint8Array.prototype),
    Object.setPrototypeOf([1], null),
    Object.setPrototypeOf(new Map(), null),
    Object.defineProperty([], 0, { get: fail, enumerable: true }),
    { toJSON: fail },
    {
      get toJSON() {
        return fail();
      },
    },
    { [Symbol.toPrimitive]: fail, [Symbol.for("Deno.customInspect")]: fail },
    {
      get [Symbol.toStringTag]() {
        return fail();
      },
    },
    Object.defineProperty(new Error("x"), "name", { get: fail }),
    Object.defineProperty(new Error("x"), "message", { get: fail }),
    Object.defineProperty(() => {}, "name", { get: fail }),
    Object.defineProperty(class {}, Symbol.hasInstance, { value: fail }),
    globalThis,
  ];
}

Deno.test("encodeRecord() never throws, and its text can be read", () => {
  for (const value of hostileValues()) {
    const records: LogRecord[] = [
      recordOf("m", { args: [value] }),
      recordOf("m", { extra: { value } }),
      recordOf("m", { extra: value as Record<string, unknown> }),
      recordOf("m", { args: value as unknown[] }),
      recordOf("m", { error: value as ReturnType<typeof serializeError> }),
      recordOf("m", { error: { ...serializeError(new Error("x")), fields: { value } } }),
      { ...recordOf("m"), more: value } as LogRecord,
    ];
    for (const record of records) {
      const read = decodeRecord(encodeRecord(record, { maxLength: 100_000 }));
      assertEquals([read.msg, read.name], ["m", "app.jobs"]);
      inspect(read);
    }
  }
  const unreadable = new Proxy(recordOf("m"), {
    get() {
      throw new Error("no");
    },
  });
  assertEquals(decodeRecord(encodeRecord(unreadable)).args, []);
});

Deno.test("encodeRecord() writes a structure that is shared only once", () => {
  let wide: unknown = { leaf: "x".repeat(1000) };
  for (let n = 0; n < 30; n++) wide = { one: wide, two: wide };
  const text = encodeRecord(recordOf("m", { args: [wide] }));
  assert(text.length < 5000, `${text.length}`);
  const bytes = new Uint8Array(10_000);
  assert(encodeRecord(recordOf("m", { args: Array(1000).fill(bytes) })).length < 50_000);
});

const TEN_MILLION = 10 * 1024 * 1024;

Deno.test("encodeRecord() keeps a message of 10 MB and 100,000 fields whole", () => {
  const message = "m".repeat(TEN_MILLION);
  assertEquals(decodeRecord(encodeRecord(recordOf(message))).msg, message);
  for (const value of [1, 1n]) {
    const names = Array.from({ length: 100_000 }, (_, index) => `field${index}`);
    const extra = Object.fromEntries(names.map((name) => [name, value]));
    const read = decodeRecord(encodeRecord(recordOf("m", { extra }))).extra ?? {};
    assertEquals(Object.keys(read).length, 100_000);
    assertEquals([read.field0, read.field99999], [value, value]);
  }
});

Deno.test("encodeRecord() cuts the longest texts of a record that is too long", () => {
  const error = serializeError(new Error("e".repeat(50_000)));
  const record = recordOf("m".repeat(TEN_MILLION), {
    args: ["short", "a".repeat(30_000), new Date(0)],
    extra: { field: "\0".repeat(40_000), bytes: new Uint8Array(90_000), ["k".repeat(20_000)]: 1 },
    error,
  });
  for (const maxLength of [8192, 20_000, 100_000, 200_000, 1_000_000]) {
    const text = encodeRecord(record, { maxLength });
    assert(text.length <= maxLength, `${text.length} of ${maxLength}`);
    assert(text.length > maxLength * 0.4, `${text.length} of ${maxLength}`);
    const read = decodeRecord(text);
    assert(/^m{100,}… \[cut: 10485760 characters\]$/.test(read.msg), read.msg.slice(-100));
    assertEquals([read.args[0], read.args[2]], ["short", new Date(0)]);
    assertEquals(read.error?.className, "Error");
  }
  const { args, extra } = decodeRecord(encodeRecord(record, { maxLength: 20_000 }));
  assert(/^a+… \[cut: 30000 characters\]$/.test(String(args[1])));
  assert(/^\0+… \[cut: 40000 characters\]$/.test(String(extra?.field)));
  assertEquals(extra?.bytes, "[Uint8Array: cut, 90000 bytes]");
  assert(Object.keys(extra ?? {}).some((key) => /^k+… \[cut: 20000 characters\]/.test(key)));
});

Deno.test("encodeRecord() does not cut a surrogate pair in two", () => {
  for (const before of ["", "x"]) {
    const text = encodeRecord(recordOf(before + "😀".repeat(10_000)), { maxLength: 8192 });
    assertEquals(decodeRecord(text).msg.isWellFormed(), true);
  }
});

Deno.test("encodeRecord() leaves out values of lists and objects that are too many", () => {
  const numbers = Array.from({ length: 200_000 }, (_, index) => index);
  const record = recordOf("m", {
    args: [numbers, new Set(numbers), new Map(numbers.map((n) => [n, n]))],
    extra: Object.fromEntries(numbers.map((n) => [`f${n}`, n])),
  });
  const text = encodeRecord(record, { maxLength: 100_000 });
  assert(text.length <= 100_000, `${text.length}`);
  const { args: [list, set, map], extra = {} } = decodeRecord(text) as LogRecord & {
    args: [number[], Set<unknown>, Map<unknown, unknown>];
  };
  const kept = list.length - 1;
  assert(kept >= 10 && kept < 100_000);
  const mark = `… [cut: 200000 values, ${200_000 - kept} more]`;
  assertEquals(list, [...numbers.slice(0, kept), mark as unknown as number]);
  assertEquals([...set].at(-1), mark);
  assertEquals(map.get("…"), mark);
  assertEquals(extra.f0, 0);
  assertEquals(extra["…"], `[cut: 200000 fields, ${200_000 - kept} more]`);
});

Deno.test("encodeRecord() keeps the record itself where nothing else has room", () => {
  const parts = Array.from({ length: 10 }, (_, n) => [`f${n}`, "x".repeat(200)]);
  let extra = Object.fromEntries(parts);
  for (let n = 0; n < 4; n++) extra = Object.fromEntries(parts.map(([key]) => [key, { ...extra }]));
  const error = serializeError(new RangeError("bad"));
  const text = encodeRecord(recordOf("hello", { extra, error, taskIndex: 3 }), { maxLength: 1 });
  assert(text.length <= 8192);
  const read = decodeRecord(text);
  assertEquals([read.msg, read.taskIndex, read.error?.base], ["hello", 3, "RangeError"]);
  assertEquals(Object.keys(read.extra ?? {}), ["…"]);
});

Deno.test("encodeRecord() ends soon for a collection that is far too large", () => {
  const list = new Uint32Array(1_000_000).fill(1_000_000_000);
  const record = recordOf("m", { args: [Array.from(list), new Set(list.keys())] });
  const text = encodeRecord(record, { maxLength: 200_000 });
  assert(text.length <= 200_000 && text.length > 50_000, `${text.length}`);
});

Deno.test("decodeUntrusted() leaves what is no tag as it is", () => {
  const odd = [
    '{"$":["Date","x"]}',
    '{"$":["Date",0],"more":1}',
    '{"$":["nothing",[1]]}',
    '{"$":[]}',
    '{"$":{}}',
    '{"$":["ref",99]}',
    '{"$":["ref",-1]}',
    '{"$":["ref","length"]}',
    '{"$":["BigInt","1e3"]}',
    '{"$":["BigInt","' + "9".repeat(1000) + '"]}',
    '{"$":["RegExp","(","" ]}',
    '{"$":["URL","nowhere"]}',
    '{"$":["Uint8Array",5]}',
    '{"$":["Uint32Array","AQI="]}',
    '{"$":["Array",4294967295,[]]}',
    '{"$":["Array",-1,[]]}',
    '{"$":["Array",2,[[5,1]]]}',
    '{"$":["Map",[[1]],1]}',
    '{"$":["constructor","x"]}',
    '{"$":["__proto__","x"]}',
    '{"$":["as",1,{},{}]}',
    '{"$":["as",null,{"class":5},{}]}',
    '{"$":["DataView",1,0,1]}',
    '{"$":["get","get",1]}',
    '{"$":["boxed",{"$":["Date",0]}]}',
    '{"$":["Headers",[["a b","c"]]]}',
    '{"$":["Error",{"className":"E"},{}]}',
  ];
  for (const json of odd) {
    const text = `{"extra":[${json.replaceAll(" ", " ")}]}`;
    const read = decodeUntrusted(text) as { extra: unknown[] };
    inspect(read);
    if (!/Map|"get"|boxed|DataView|"as"/.test(json)) assertEquals(read, JSON.parse(text), json);
  }
});

Deno.test("decodeUntrusted() gives back what is shared, and a text in place of a cycle", () => {
  const shared = new Date(0);
  const value: Record<string, unknown> = { shared, again: [shared], map: new Map([[1, shared]]) };
  value.self = [value];
  const text = encodeRecord(recordOf("m", { extra: { value } }));
  const read = (decodeUntrusted(text) as { extra: { value: typeof value } }).extra.value;
  assertEquals(read, { ...value, self: ["[Circular]"] });
  assert((read.again as unknown[])[0] === read.shared);
});

Deno.test("decodeUntrusted() changes no prototype, and calls nothing of the program", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  let calls = 0;
  class Fault extends Error {
    constructor(message?: string) {
      super(message);
      calls++;
    }
  }
  Object.defineProperty(globalThis, "Fault", { value: Fault, configurable: true });
  Object.defineProperty(globalThis, "lazy", { get: () => calls++, configurable: true });
  const head = (base: string) =>
    JSON.stringify({ className: "Fault", name: "F", base, message: "" });
  const read = decodeUntrusted(`{"extra":{
    "a":{"$":["as",null,{"class":"Object"},{"__proto__":{"polluted":1},"constructor":{"polluted":1}}]},
    "b":{"$":["as",{"$":["Map",[]]},{"class":"__proto__"},{"set":1}]},
    "c":{"$":["Error",${head("Fault")},{"__proto__":{"polluted":1}}]},
    "d":{"$":["Error",${head("lazy")},{}]},
    "e":{"$":["Error",${head("Object")},{}]},
    "f":{"$":["as",{"$":["ref",0]},{"class":"X"},{}]},
    "__proto__":{"$":["Date",0]}
  }}`.replace(/\n\s*/g, "")) as { extra: Record<string, unknown> };
  Reflect.deleteProperty(globalThis, "Fault");
  Reflect.deleteProperty(globalThis, "lazy");
  assertEquals(calls, 0);
  assertEquals(Object.getOwnPropertyNames(Object.prototype), before);
  assertEquals((({}) as { polluted?: unknown }).polluted, undefined);
  assertEquals(Object.getPrototypeOf(read), Object.prototype);
  assertEquals(Object.getPrototypeOf(read.extra), Object.prototype);
  assert(read.extra.c instanceof Error && !(read.extra.c instanceof Fault));
  assertEquals(new Map().set(1, 2).size, 1);
});

Deno.test("decodeUntrusted() takes no more memory than the text is worth", () => {
  const many = (tag: string) => `{"extra":[${Array(10_000).fill(tag).join(",")}]}`;
  const holes = decodeUntrusted(many('{"$":["Array",90000,[]]}')) as { extra: unknown[] };
  assertEquals(holes.extra.filter(Array.isArray).length, 1);
  const level = (n: number) => `"l${n}":[${Array(100).fill(`{"$":["ref",${n}]}`).join(",")}]`;
  const levels = Array.from({ length: 10 }, (_, n) => level(n + 1)).join(",");
  const explosive = decodeUntrusted(`{"extra":{"l0":[{"$":["Date",0]}],${levels}}}`);
  assert(inspect(explosive).length < 10_000_000);
  const deep = `{"extra":${'{"$":["Set",['.repeat(100_000)}1${"]]}".repeat(100_000)}}`;
  assert(decodeUntrusted(deep));
});

Deno.test("decodeUntrusted() throws only for what is no JSON", () => {
  assertThrows(() => decodeUntrusted('{"$":'), SyntaxError);
  for (const json of ["5", "null", '"{\\"$\\":"', '[{"$":["Date",0]}]']) {
    assertEquals(decodeUntrusted(json), JSON.parse(json));
  }
});

/** Any value that arrives as an equal one. */
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(undefined, null, true, false, -0, "$", "__proto__", "\ud800", "\0"),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.array(tie("value")),
    fc.sparseArray(tie("value"), { maxLength: 20 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("$", "__proto__", "0", "toJSON")),
      tie("value"),
    ),
    fc.dictionary(fc.constant("$"), tie("value")),
    fc.array(fc.tuple(tie("value"), tie("value"))).map((entries) => new Map(entries)),
    fc.array(tie("value")).map((values) => new Set(values)),
  ),
})).value;

Deno.test("decodeRecord() gives back what encodeRecord() was given, for any values", () => {
  fc.assert(
    fc.property(fc.array(value), value, fc.string({ unit: "binary" }), (args, field, msg) => {
      const record = recordOf(msg, { args, extra: { field, again: field } });
      const read = decodeRecord(encodeRecord(record));
      assertEquals(read, record);
      assertEquals(inspect(read), inspect(record));
    }),
    { numRuns: 500 },
  );
});

Deno.test("decodeRecord() keeps who is who in any graph of objects", () => {
  const graph = fc.array(fc.tuple(fc.nat(19), fc.nat(19), fc.nat(2)), { maxLength: 40 });
  fc.assert(fc.property(graph, (edges) => {
    const nodes = Array.from({ length: 20 }, (_, n) => ({ n, big: 1n, out: [] as unknown[] }));
    for (const [from, to, kind] of edges) {
      const target = nodes[to]!;
      nodes[from]!.out.push([target, new Set([target]), new Map([[target, 1]])][kind]);
    }
    assertEquals(inspect(travelled(nodes)), inspect(nodes));
  }));
});

Deno.test("encodeRecord() never makes more than maxLength of any values", () => {
  const long = fc.tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 5 }), fc.nat(20_000))
    .map(([text, count]) => text.repeat(count));
  const any = fc.oneof(
    long,
    value,
    fc.array(long),
    fc.anything({ withBigInt: true, withMap: true }),
  );
  fc.assert(
    fc.property(long, fc.array(any), any, fc.nat(50_000), (msg, args, field, more) => {
      const maxLength = 8192 + more;
      const text = encodeRecord(recordOf(msg, { args, extra: { field } }), { maxLength });
      assert(text.length <= maxLength, `${text.length} of ${maxLength}`);
      const read = decodeRecord(text);
      assert(read.msg === msg || read.msg.endsWith(`… [cut: ${msg.length} characters]`));
    }),
    { numRuns: 200 },
  );
});

Deno.test("decodeUntrusted() takes any text", () => {
  const names =
    "undefined number BigInt Symbol Date RegExp URL Headers boxed Uint8Array DataView Map Set " +
    "Array Error get as opaque ref plain function FormData ArrayBuffer SharedArrayBuffer";
  const json = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, "", "a", "AQI=", 0, 1, -1, 2 ** 32, true),
      fc.array(tie("json")),
      fc.dictionary(fc.constantFrom("a", "__proto__", "class", "json", "text", "$"), tie("json")),
      fc.tuple(fc.constantFrom(...names.split(" ")), fc.array(tie("json"), { maxLength: 4 }))
        .map(([name, parts]) => ({ $: [name, ...parts] })),
    ),
  })).json;
  fc.assert(
    fc.property(json, (extra) => {
      const read = decodeUntrusted(JSON.stringify({ extra, msg: "m" })) as LogRecord;
      assertEquals(read.msg, "m");
      inspect(read);
      encodeRecord(read);
    }),
    { numRuns: 2000 },
  );
});
