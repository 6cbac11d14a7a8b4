import { assert, assertEquals } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
import fc from "npm:fast-check@4.10.2";
import { moveBuffer, replaceBuffers } from "../../src/relay/replace_buffers.ts";

/** Replaces one buffer by a copy of it. */
function replaceOne<T>(value: T, buffer: ArrayBuffer): { copy: T; replacement: ArrayBuffer } {
  const replacement = buffer.slice(0);
  const copy = replaceBuffers(value, new Map([[buffer, replacement]])) as T;
  return { copy, replacement };
}

Deno.test("replaceBuffers() keeps all views of a buffer on the one that replaces it", () => {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  class Bytes extends Uint8Array {}
  const value = [
    buffer,
    new Uint8Array(buffer, 1, 2),
    new Float64Array(buffer),
    new BigInt64Array(buffer),
    new DataView(buffer, 3),
    new Bytes(buffer, 2),
    new Uint8Array(0),
  ];
  const { copy, replacement } = replaceOne(value, buffer);
  assertEquals(structuredClone(copy), structuredClone(value));
  const buffers = copy.slice(1, -1).map((view) => (view as DataView).buffer);
  assert(copy[0] === replacement && buffers.every((each) => each === replacement));
  assertEquals(value[0], buffer);
});

Deno.test("replaceBuffers() keeps what is shared shared, and circles", () => {
  const buffer = new ArrayBuffer(4);
  const shared = { buffer };
  const cycle: Record<string, unknown> = { shared, plain: { a: 1 } };
  cycle.self = cycle;
  cycle.map = new Map<unknown, unknown>([[shared, cycle], [cycle, shared]]);
  cycle.set = new Set([cycle, shared]);
  cycle.list = [cycle, [shared], , cycle.plain];
  const { copy, replacement } = replaceOne(cycle, buffer);
  const list = copy.list as unknown[];
  const inner = copy.shared as typeof shared;
  assert(copy !== cycle && copy.self === copy && list[0] === copy && list[3] === copy.plain);
  assert(inner.buffer === replacement && (list[1] as unknown[])[0] === inner && !(2 in list));
  assertEquals([...(copy.map as Map<unknown, unknown>)], [[inner, copy], [copy, inner]]);
  assertEquals([...(copy.set as Set<unknown>)], [copy, inner]);
  assertEquals(cycle.shared === shared && shared.buffer === buffer, true);
});

Deno.test("replaceBuffers() makes what structuredClone makes the same of", () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const anyPart = fc.anything({
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withObjectString: true,
  });
  fc.assert(
    fc.property(fc.array(anyPart), (parts) => {
      const value = { parts, buffer, again: [...parts, new Uint8Array(buffer)] };
      const { copy } = replaceOne(value, buffer);
      assertEquals(structuredClone(copy), structuredClone(value));
    }),
    { numRuns: 300 },
  );
});

Deno.test("replaceBuffers() keeps the fields of instances, and a field named __proto__", () => {
  const buffer = new ArrayBuffer(2);
  class Image {
    readonly pixels = [new Uint8Array(buffer)];
    get size(): number {
      return this.pixels.length;
    }
  }
  const odd = JSON.parse('{"__proto__": {"a": []}, "b": 1}');
  const value = { image: new Image(), odd, date: new Date(5), error: new Error("e") };
  const { copy } = replaceOne(value, buffer);
  assertEquals(structuredClone(copy), structuredClone(value));
  assertEquals(Object.keys(structuredClone(copy).odd), ["__proto__", "b"]);
});

Deno.test("moveBuffer() moves a buffer, and copies what can't be moved", () => {
  const buffer = new Uint8Array([1, 2]).buffer;
  assertEquals(new Uint8Array(moveBuffer(buffer)), new Uint8Array([1, 2]));
  assertEquals(buffer.detached, true);
  const fixed = new WebAssembly.Memory({ initial: 1 }).buffer as ArrayBuffer; // It is not shared.
  assertEquals(moveBuffer(fixed).byteLength, fixed.byteLength);
  assertEquals(fixed.detached, false);
});
