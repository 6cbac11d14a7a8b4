import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { toTable } from "../../src/bullmq/wire/frame_table.ts";
import { packTable, unpackTable } from "../../src/bullmq/wire/packed_table.ts";
import { packBytes, packRaw, PayloadTooLongError } from "../../src/bullmq/wire/payload.ts";
import { ShapeError } from "../../src/bullmq/wire/shape.ts";
import { FRAMES } from "./wire_samples.ts";

const LIMIT = { limit: 1_000_000 };

const TABLE = toTable({ delivery: "d", worker: "w", frames: FRAMES });

/** A table as it might be forged. */
function forged(fields: unknown, rest = new Uint8Array(), length?: number): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(fields));
  const content = new Uint8Array([1, 0, 0, 0, 0, ...head, ...rest]);
  new DataView(content.buffer).setUint32(1, length ?? head.length, true);
  return packBytes(content, {});
}

Deno.test("unpackTable() gives what packTable() was given, with what is in it besides", () => {
  assertEquals(unpackTable(packTable(TABLE), LIMIT), TABLE);
  const answer = { ...TABLE, records: 5, end: { kind: "exit", code: 3 }, isReady: true };
  assertEquals(unpackTable(packTable(answer), LIMIT), answer);
});

Deno.test("unpackTable() gives buffers of their own, whatever memory the bytes are in", () => {
  const packed = packTable(TABLE);
  const memory = new Uint8Array(packed.length + 13);
  memory.set(packed, 13);
  const table = unpackTable(memory.subarray(13), LIMIT) as typeof TABLE;
  memory.fill(0, 13 + packed.length - 5); // The buffers come last.
  assertEquals(table.buffers, TABLE.buffers);
  assertEquals(table.heads, TABLE.heads);
});

Deno.test("unpackTable() refuses what is no table", () => {
  const sizes = { heads: 1, payloads: 2, buffers: [1] };
  const rest = new Uint8Array(7);
  const bad: Uint8Array[] = [
    forged(sizes, new Uint8Array(6)),
    forged(sizes, new Uint8Array(8)),
    forged(sizes, rest, 4_000_000_000),
    forged(sizes, rest, 3),
    forged([1], rest),
    forged({ ...sizes, heads: 2 ** 50 }, rest),
    forged({ ...sizes, heads: -1 }, rest),
    forged({ ...sizes, payloads: 1.5 }, rest),
    forged({ ...sizes, buffers: [2 ** 40] }, rest),
    forged({ ...sizes, buffers: 3 }, rest),
    forged({}, rest),
    packBytes(new Uint8Array([1, 0]), {}),
  ];
  for (const bytes of bad) assertThrows(() => unpackTable(bytes, LIMIT), TypeError);
  assertEquals(Object.keys(unpackTable(forged(sizes, rest), LIMIT) as object).length, 3);
  const misfit = forged({ ...sizes, heads: "1" }, rest);
  const error = assertThrows(() => unpackTable(misfit, LIMIT), ShapeError);
  assertStringIncludes(error.text, 'heads is "1"');
  assertThrows(() => unpackTable(packTable(TABLE), { limit: 10 }), PayloadTooLongError);
});

Deno.test("packTable() writes no JSON that the program has changed", () => {
  Object.defineProperty(Array.prototype, "toJSON", { value: () => "?", configurable: true });
  try {
    assertEquals(unpackTable(packTable(TABLE), LIMIT), TABLE);
  } finally {
    Reflect.deleteProperty(Array.prototype, "toJSON");
  }
});

Deno.test("unpackTable() gives what else was packed, for others to look at", () => {
  assertEquals(unpackTable(packRaw({ a: 1n }), LIMIT), { a: 1n });
});
