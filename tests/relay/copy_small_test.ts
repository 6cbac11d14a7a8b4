/** A copy of a small value is what `structuredClone` makes of it, or there is none. */

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { copySmall } from "../../src/relay/copy_small.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

const COPIED: Readonly<Record<string, object>> = {
  "an empty object": {},
  "an empty list": [],
  "primitives of all kinds": { a: 1, b: "b", c: null, d: true, e: 10n, f: -0, g: NaN },
  "fields that are undefined": { a: undefined, b: [undefined, 1] },
  "lists in objects in lists": [{ a: [1, { b: [] }] }, [[2]]],
  "sixty-four entries": many(64),
  "a class that is a list": new (class Stack extends Array<number> {})(3, 1, 2),
  "a getter": {
    get a() {
      return [1];
    },
  },
  "what is not enumerable": Object.defineProperty({ a: 1 }, "b", { value: 2 }),
  "a symbol as a key": { a: 1, [Symbol("b")]: 2 },
  "keys that look like numbers": { 2: "b", 1: "a", x: 1 },
};

for (const [name, value] of Object.entries(COPIED)) {
  Deno.test(`copySmall() copies ${name} as structuredClone does`, () => {
    const copy = copySmall(value);
    assertEquals(copy, structuredClone(value));
    assertNotStrictEquals(copy, value);
    assertEquals(Object.keys(copy as object), Object.keys(structuredClone(value)));
    assertStrictEquals(Object.getPrototypeOf(copy), Object.getPrototypeOf(structuredClone(value)));
  });
}

Deno.test("copySmall() shares no object with the value", () => {
  const value = { list: [{ a: 1 }] };
  const copy = copySmall(value) as typeof value;
  value.list[0]!.a = 2;
  value.list.push({ a: 3 });
  assertEquals(copy, { list: [{ a: 1 }] });
});

const twice = { a: 1 };
const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const LEFT: Readonly<Record<string, object>> = {
  "an object that is in it twice": [twice, twice],
  "a value that holds itself": cycle,
  "more than sixty-four entries": many(65),
  "more than sixty-four entries in all": [many(40), many(40)],
  "a date": { at: new Date(0) },
  "a map": { map: new Map() },
  "an error": [new Error("x")],
  "bytes": { bytes: new Uint8Array(2) },
  "an object of a class": { it: new (class Point {})() },
  "an object without a prototype": { it: Object.create(null) },
  // deno-lint-ignore no-sparse-arrays
  "a list with a hole": [1, , 2],
  "a list with a hole at its end": Object.assign([1], { length: 2 }),
  "a list with a name": Object.assign([1, 2], { name: "x" }),
  // deno-lint-ignore no-sparse-arrays
  "a list with a hole and a name": Object.assign([, 1], { name: "x" }),
  "a field of the name __proto__": JSON.parse('{ "__proto__": { "a": 1 } }'),
};

for (const [name, value] of Object.entries(LEFT)) {
  Deno.test(`copySmall() leaves ${name} to structuredClone`, () => {
    assertEquals(copySmall(value), undefined);
  });
}

Deno.test("copySmall() gives primitives back", () => {
  for (const value of [1, "a", null, true, 1n]) assertStrictEquals(copySmall(value), value);
  assert(copySmall(undefined) === undefined);
});
