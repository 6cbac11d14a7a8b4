import { assertEquals } from "@std/assert";
import { serializeError } from "../../../src/logging/errors.ts";
import { toJsonValue } from "../../../src/logging/text/json_value.ts";
import { recordToJson } from "../../../src/logging/record_json.ts";
import { recordOf } from "../../support/records.ts";

const RECORD = recordOf("two\nlines \u2028 and half a pair \ud800", {
  name: "app",
  args: [1, "x"],
  time: 1795244585430.25,
  seq: 7,
  process: 12,
});

Deno.test("recordToJson() writes the record's own fields as one line", () => {
  const line = recordToJson({ ...RECORD, taskIndex: 3, extra: { job: { id: 7 } } });
  assertEquals(JSON.parse(line), { ...RECORD, taskIndex: 3, extra: { job: { id: 7 } } });
  assertEquals(line.includes("\n"), false);
});

Deno.test("recordToJson() writes an error with its causes", () => {
  const error = serializeError(
    Object.assign(new TypeError("bad", { cause: new Error("why") }), { big: 1n }),
  );
  const read = JSON.parse(recordToJson({ ...RECORD, error }));
  assertEquals(read.error.cause.error.message, "why");
  assertEquals(read.error.fields, { big: "1" });
  assertEquals(read.error.stack, error.stack);
});

Deno.test("toJsonValue() has a form for every value that JSON has not", () => {
  const cases: [unknown, unknown][] = [
    [10n ** 20n, "100000000000000000000"],
    [[NaN, Infinity, -Infinity, undefined], ["NaN", "Infinity", "-Infinity", null]],
    [{ gone: undefined, none: null }, { none: null }],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "Invalid Date"],
    [new Map<unknown, unknown>([["a", 1n], [{ k: 1 }, 2]]), [["a", "1"], [{ k: 1 }, 2]]],
    [new Map([["a", 1n], ["__proto__", 2n]]), JSON.parse('{"a": "1", "__proto__": "2"}')],
    [new Set([1, "2"]), [1, "2"]],
    [new Uint8Array([1, 2]), [1, 2]],
    [new BigInt64Array([1n]), ["1"]],
    [new Float32Array([0.5]), [0.5]],
    [new DataView(new Uint8Array([1, 2, 3]).buffer, 1), [2, 3]],
    [new Uint8Array([9]).buffer, [9]],
    [/a+/g, "/a+/g"],
    [Symbol("s"), "Symbol(s)"],
    [function f() {}, "[Function: f]"],
    [Object("boxed"), "boxed"],
    [new URL("http://a.b/c"), "http://a.b/c"],
    [undefined, null],
    [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ];
  for (const [value, expected] of cases) {
    assertEquals(JSON.parse(JSON.stringify(toJsonValue(value))), expected);
  }
});

Deno.test("toJsonValue() never throws and always ends", () => {
  const loop: Record<string, unknown> = { name: "loop" };
  loop.self = loop;
  assertEquals(JSON.stringify(toJsonValue(loop)), '{"name":"loop","self":"[Circular]"}');

  const hostile = {
    get bad() {
      throw new Error("no");
    },
    good: 1,
    json: {
      toJSON() {
        throw "thrown";
      },
    },
    proxy: new Proxy({}, {
      ownKeys() {
        throw new Error("closed");
      },
    }),
  };
  assertEquals(JSON.parse(JSON.stringify(toJsonValue(hostile))), {
    bad: "[can't be read: no]",
    good: 1,
    json: '[can\'t be read: "thrown"]',
    proxy: "[can't be read: closed]",
  });

  let deep: unknown = "end";
  for (let n = 0; n < 100_000; n++) deep = [deep];
  assertEquals(JSON.stringify(toJsonValue(deep)).includes("[cut here]"), true);

  let wide: unknown = "leaf";
  for (let n = 0; n < 60; n++) wide = [wide, wide]; // 2 ** 60 values, were they all written.
  assertEquals(JSON.stringify(toJsonValue(wide)).includes("[cut here]"), true);
});
