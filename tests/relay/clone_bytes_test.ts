import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { decodeClone, encodeClone, isEncodable } from "../../src/relay/clone_bytes.ts";

const copyOf = (value: unknown) => decodeClone(encodeClone(value));

class Point {
  readonly x = 1;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

Deno.test("decodeClone() gives what structuredClone gives", () => {
  const buffer = new ArrayBuffer(16);
  const cycle: Record<string, unknown> = { n: 1 };
  cycle.self = cycle;
  const values = [
    undefined,
    null,
    -0,
    NaN,
    12n,
    "a\u0000\ud800漢🦕",
    new Date(5),
    /a/gi,
    buffer,
    [1, , 3],
    new Map([[{ k: 1 }, new Set(["x"])]]),
    new Uint8Array(buffer, 3, 5),
    new Point(),
    new DataView(buffer, 2, 4),
    Object(5),
    Object.create(null),
    cycle,
    new Float64Array([1.5, -0]),
  ];
  for (const value of values) assertEquals(copyOf(value), structuredClone(value));
});

Deno.test("decodeClone() keeps what two values share", () => {
  const buffer = new ArrayBuffer(8);
  const list = [1];
  const copy = copyOf([list, list, new Uint8Array(buffer), new Uint16Array(buffer)]);
  assertInstanceOf(copy, Array);
  const [first, second, bytes, words]: unknown[] = copy;
  assertEquals(first === second, true);
  assertInstanceOf(bytes, Uint8Array);
  assertInstanceOf(words, Uint16Array);
  assertEquals(bytes.buffer === words.buffer, true);
});

Deno.test("decodeClone() gives errors with their class, message, stack and cause", () => {
  const error = new RangeError("too far", { cause: new TypeError("why") });
  const copy = copyOf(Object.assign(error, { code: new URL("file:///") })); // Left out, as it is elsewhere.
  assertInstanceOf(copy, RangeError);
  assertEquals([copy.message, copy.stack], [error.message, error.stack]);
  assertInstanceOf(copy.cause, TypeError);
});

Deno.test("encodeClone() refuses what it can't write, wherever it is", () => {
  const refused = [
    () => {},
    Symbol("s"),
    new SharedArrayBuffer(4),
    new Blob([]),
    new URL("file:///"),
    new Headers(),
    new MessageChannel().port1,
    new DOMException("d"),
    Promise.resolve(),
    new WeakMap(),
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  ];
  for (const value of refused) {
    for (
      const holder of [
        value,
        [value],
        Object.assign([], { a: value }),
        { a: value },
        new Map([[1, value]]),
        new Set([value]),
      ]
    ) {
      assertThrows(() => encodeClone(holder), Error);
      assertEquals(isEncodable(holder), false);
    }
  }
});

Deno.test("encodeClone() takes instances of a class of which one could not be written", () => {
  const make = (inner: unknown) => Object.assign(new Point(), { inner });
  assertEquals(isEncodable(make(() => {})), false);
  assertEquals(isEncodable(make(1)), true);
  assertEquals(isEncodable(make(() => {})), false);
  assertEquals(isEncodable(make(new Blob([]))), false);
});

Deno.test("encodeClone() does not walk through what an array has not", () => {
  const sparse: unknown[] = [];
  sparse[2 ** 31] = [1];
  const began = performance.now();
  assertEquals(isEncodable(sparse), true);
  sparse[2 ** 30] = new Blob([]);
  assertEquals(isEncodable(sparse), false);
  assert(performance.now() - began < 5000);
  assertEquals(copyOf(Object.assign([1], { a: 2 })), Object.assign([1], { a: 2 }));
});

Deno.test("encodeClone() takes what is nested deep, and long lists", () => {
  let deep: unknown[] = [];
  for (let depth = 0; depth < 1000; depth++) deep = [deep];
  let copy = copyOf(deep);
  for (let depth = 0; depth < 1000; depth++) copy = (copy as unknown[])[0];
  assertEquals(copy, []);
  assertEquals((copyOf(new Array(500_000).fill({})) as unknown[]).length, 500_000);
});
