import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  decodeClone,
  detachBuffers,
  encodeClone,
  isEncodable,
  takeBuffers,
} from "../../src/relay/clone_bytes.ts";
import { TooLongError } from "../../src/relay/pipe_frame.ts";

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

Deno.test("decodeClone() puts the buffers that were sent beside the bytes in their places", () => {
  const [first, second] = [new Uint8Array([1, 2, 3]).buffer, new Uint8Array([4, 5, 6, 7]).buffer];
  const small = new Uint8Array([8]);
  const value = { a: new Uint8Array(first, 1), b: [first, new DataView(second)], small };
  const bytes = encodeClone(value, [first, second]);
  const [one, two] = [first.slice(0), second.slice(0)];
  const copy = decodeClone(bytes, [one, two]) as typeof value;
  assertEquals(copy, value);
  assertEquals([copy.a.buffer, copy.b[0]], [one, one]);
  assert(copy.a.buffer === one && copy.b[0] === one && (copy.b[1] as DataView).buffer === two);
  assertEquals(first.detached, false);
});

Deno.test("encodeClone() leaves the bytes of big buffers out", () => {
  const buffer = new ArrayBuffer(10_000_000);
  assert(encodeClone([buffer, new Uint8Array(buffer)], [buffer]).length < 100);
});

Deno.test("encodeClone() refuses what is too long for the pipe", () => {
  const long = Object.defineProperty(new ArrayBuffer(1), "byteLength", { value: 2 ** 31 });
  assertThrows(() => encodeClone([long], [long]), TooLongError, "Send the data in parts");
});

Deno.test("takeBuffers() moves what is moved and copies the rest", () => {
  const [moved, kept, small] = [1, 2, 3].map((n) => new Uint8Array([n]).buffer);
  const fixed = new WebAssembly.Memory({ initial: 1 }).buffer as ArrayBuffer; // It is not shared.
  const taken = takeBuffers([moved!, kept!, fixed], [moved!, small!, fixed]);
  assertEquals(taken.map((buffer) => new Uint8Array(buffer)[0]), [1, 2, 0]);
  assertEquals([moved, kept, small, fixed].map((buffer) => buffer?.detached), [
    true,
    false,
    true,
    false,
  ]);
  new Uint8Array(kept!)[0] = 9;
  assertEquals(new Uint8Array(taken[1]!)[0], 2);
  detachBuffers([moved!, kept!]);
  assertEquals(kept?.detached, true);
});

Deno.test("isEncodable() is false for what can't leave its process, wherever it is", () => {
  const refused = [
    () => {},
    Symbol("s"),
    new SharedArrayBuffer(4),
    new Uint8Array(new SharedArrayBuffer(4)),
    new Blob([]),
    new URL("file:///"),
    new Headers(),
    new MessageChannel().port1,
    new DOMException("d"),
    Promise.resolve(),
    new WeakMap(),
    new Proxy({}, {}),
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
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
    ) assertEquals(isEncodable(holder), false);
  }
});

Deno.test("isEncodable() is true for instances of a class of which one could not be written", () => {
  const make = (inner: unknown) => Object.assign(new Point(), { inner });
  assertEquals(isEncodable(make(() => {})), false);
  assertEquals(isEncodable(make(1)), true);
  assertEquals(isEncodable(make(() => {})), false);
  assertEquals(isEncodable(make(new Blob([]))), false);
});

Deno.test("encodeClone() takes what is nested deep, and long lists", () => {
  let deep: unknown[] = [];
  for (let depth = 0; depth < 1000; depth++) deep = [deep];
  let copy = copyOf(deep);
  for (let depth = 0; depth < 1000; depth++) copy = (copy as unknown[])[0];
  assertEquals(copy, []);
  assertEquals((copyOf(new Array(500_000).fill({})) as unknown[]).length, 500_000);
});
