import { assertEquals } from "@std/assert";
import { toJsonValue } from "../../../src/logging/text/json_value.ts";

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
    [new Array(1e9), "[ <1000000000 empty items> ]"],
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

Deno.test("toJsonValue() takes names of an object's prototype for fields like any other", () => {
  const text = '{"__proto__":{"__proto__":1,"toString":2},"constructor":[{"__proto__":null}]}';
  const value = toJsonValue(JSON.parse(text));
  assertEquals(JSON.stringify(value), text);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
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
