import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import {
  checkMaxPayload,
  COMPRESS_FROM,
  DEFAULT_MAX_PAYLOAD,
  packPayload,
  packRaw,
  PayloadTooLongError,
  payloadToText,
  textToPayload,
  unpackPayload,
} from "../../src/bullmq/wire/payload.ts";
import { encodeClone } from "../../src/relay/clone_bytes.ts";
import { Random } from "../support/random.ts";

const LIMIT = { limit: DEFAULT_MAX_PAYLOAD };

const ROWS = Array.from({ length: 2000 }, (_, id) => ({ id, name: `row ${id}` }));

const marked = (mark: number, bytes: Uint8Array) => new Uint8Array([mark, ...bytes]);

Deno.test("unpackPayload() gives what packPayload() was given", () => {
  const values = [
    undefined,
    null,
    -0,
    12n,
    "ż".repeat(10),
    new Date(5),
    [1, , 3],
    new Map([["a", new Set([1])]]),
    new Float64Array([1, NaN]),
    new Uint8Array([1, 2, 3]).subarray(1),
    new ArrayBuffer(0),
    ROWS,
    "漢".repeat(COMPRESS_FROM),
  ];
  for (const value of values) {
    assertEquals(unpackPayload(packPayload(value), LIMIT), value);
    assertEquals(unpackPayload(packRaw(value), LIMIT), value);
  }
});

Deno.test("packPayload() compresses what is long and becomes shorter", () => {
  const long = packPayload(ROWS);
  assertEquals(long[0], 1);
  assert(long.length * 2 < encodeClone(ROWS).length);
  const noise = crypto.getRandomValues(new Uint8Array(COMPRESS_FROM * 2));
  assertEquals(packPayload(noise)[0], 0);
  assertEquals(packPayload("a".repeat(COMPRESS_FROM - 10))[0], 0);
  assertEquals(packPayload("a".repeat(COMPRESS_FROM))[0], 1);
});

Deno.test("packPayload() takes the value before it returns, and detaches what is moved", () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const value = { n: 1, buffer };
  const packed = packPayload(value, { moved: [buffer] });
  assert(buffer.detached);
  value.n = 2;
  const copy = { n: 1, buffer: new Uint8Array([1, 2, 3]).buffer };
  assertEquals(unpackPayload(packed, LIMIT), copy);
});

Deno.test("packPayload() throws when the value can't be written", () => {
  assertThrows(() => packPayload({ fn: () => {} }), Error);
});

Deno.test("packPayload() detaches nothing when the value is too long", () => {
  const buffer = crypto.getRandomValues(new Uint8Array(2000)).buffer;
  const error = assertThrows(
    () => packPayload(buffer, { moved: [buffer], limit: 1024 }),
    PayloadTooLongError,
    "the limit is 1024",
  );
  assertEquals(error.limit, 1024);
  assert(error.bytes! > 2000);
  assertStringIncludes(error.message, "maxPayload");
  assertStringIncludes(error.message, "--max-payload");
  assert(!buffer.detached);
});

Deno.test("packPayload() refuses what the other side would not unpack", () => {
  const zeros = new Uint8Array(1024 * 8 + 1); // Packed, it has a few bytes.
  assertThrows(() => packPayload(zeros, { limit: 1024 }), PayloadTooLongError, "unpacked");
  const fits = packPayload(new Uint8Array(1024 * 8 - 100), { limit: 1024 });
  assertEquals(unpackPayload(fits, { limit: 1024 }), new Uint8Array(1024 * 8 - 100));
});

Deno.test("unpackPayload() refuses what is too long, before and while it is unpacked", () => {
  assertThrows(
    () => unpackPayload(new Uint8Array(1025), { limit: 1024 }),
    PayloadTooLongError,
    "Cannot send 1025 bytes through Redis: the limit is 1024",
  );
  const bomb = marked(1, deflateRawSync(new Uint8Array(100_000_000)));
  assert(bomb.length < 200_000);
  const before = Deno.memoryUsage();
  const error = assertThrows(
    () => unpackPayload(bomb, { limit: 200_000 }),
    PayloadTooLongError,
    "longer than 1600000 bytes, when it is unpacked",
  );
  assertEquals(error.bytes, undefined);
  assert(Deno.memoryUsage().external - before.external < 50_000_000);
});

Deno.test("unpackPayload() says what is wrong with bytes that are no value", () => {
  const [mark, version] = encodeClone(0);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(), "they begin with undefined"],
    [marked(2, encodeClone(1)), "they begin with 2"],
    [new TextEncoder().encode("hello"), "they begin with 104"],
    [marked(0, new Uint8Array()), "no structured clone"],
    [marked(0, encodeClone({ n: 1 }).subarray(0, -2)), "no structured clone"],
    [marked(0, new Uint8Array([mark!, version! + 50, 0x30])), "same version of Deno"],
    [marked(1, new Uint8Array([1, 2, 3])), "can't be decompressed"],
    [packPayload(ROWS).subarray(0, -5), "can't be decompressed"],
    [marked(0, new Uint8Array([mark!, version!, ...Array(100_000).fill([0x41, 1]).flat()])), "no"],
  ];
  for (const [bytes, reason] of cases) {
    assertThrows(() => unpackPayload(bytes, LIMIT), TypeError, reason);
  }
});

Deno.test("packPayload() writes JSON that the program has not changed", () => {
  const value = { texts: ["a"] };
  const isPlain = true;
  assertEquals(packPayload(value, { isPlain })[1], "{".charCodeAt(0));
  assertEquals(unpackPayload(packPayload(value, { isPlain }), LIMIT), value);
  Object.defineProperty(Array.prototype, "toJSON", { value: () => "?", configurable: true });
  try {
    assertEquals(unpackPayload(packPayload(value, { isPlain }), LIMIT), value);
  } finally {
    Reflect.deleteProperty(Array.prototype, "toJSON");
  }
});

Deno.test("textToPayload() gives what payloadToText() was given", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    assertEquals(textToPayload(payloadToText(bytes), length), bytes);
    if (length === 0) continue;
    const text = payloadToText(bytes);
    const error = assertThrows(() => textToPayload(text, length - 1), PayloadTooLongError);
    assertEquals(error.bytes, length);
  }
});

Deno.test("textToPayload() refuses what is no base64", () => {
  for (const text of ["a", "ab%d", "zażółć", "ab==cd", "{}"]) {
    assertThrows(() => textToPayload(text, 100), TypeError, "no base64");
  }
});

Deno.test("checkMaxPayload() takes a number of bytes that Redis can hold", () => {
  assertEquals(checkMaxPayload(undefined), DEFAULT_MAX_PAYLOAD);
  assertEquals(checkMaxPayload(1024), 1024);
  for (const option of [1023, 1.5, NaN, Infinity, -1, 2 ** 30]) {
    assertThrows(() => checkMaxPayload(option), RangeError, `Cannot use ${option} as maxPayload`);
  }
  for (const option of ["1024", null, {}, 1024n]) {
    assertThrows(() => checkMaxPayload(option), TypeError, "give a number of bytes");
  }
});

Deno.test("unpackPayload() gives a value or one of its errors, whatever the bytes are", () => {
  const random = new Random(7);
  const values = [{ a: [1, "ż", 2n, new Date(0)], m: new Map([[1, /x/g]]) }, ROWS.slice(0, 5)];
  for (let round = 0; round < 20_000; round++) {
    const bytes = packRaw(values[round % 2]);
    for (let change = 0; change <= round % 3; change++) {
      bytes[1 + random.below(bytes.length - 1)] = random.below(256);
    }
    if (hasLongHoles(bytes)) continue;
    try {
      unpackPayload(bytes, LIMIT);
    } catch (error) {
      assert(error instanceof TypeError || error instanceof PayloadTooLongError, String(error));
    }
  }
});

/** The engine takes memory for each hole of a list with holes: hundreds of megabytes, for bytes like these. */
function hasLongHoles(bytes: Uint8Array): boolean {
  return bytes.some((byte, at) => byte === 0x61 && bytes[at + 1]! > 127 && bytes[at + 2]! > 127);
}
