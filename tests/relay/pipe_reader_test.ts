import { assert, assertEquals, assertThrows } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
import fc from "npm:fast-check@4.10.2";
import { type Frame, MOST_PAYLOAD_BYTES, writeHeader } from "../../src/relay/pipe_frame.ts";
import { PipeReader } from "../../src/relay/pipe_reader.ts";
import { PipeWriter } from "../../src/relay/pipe_writer.ts";

/** The bytes of some frames. */
function bytesOf(frames: readonly Frame[]): Uint8Array {
  const parts: number[] = [];
  const writer = new PipeWriter({
    writeSync: (bytes) => {
      for (const byte of bytes) parts.push(byte);
      return bytes.length;
    },
  });
  for (const { kind, payload, buffers } of frames) writer.write(kind, payload, buffers);
  return new Uint8Array(parts);
}

/** Cuts bytes at some places, each anywhere from 0 to 1. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => Math.floor(place * bytes.length)), bytes.length]
    .toSorted((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end));
}

/** Reads chunks; the frames are copied, since their bytes are only lent. */
function readAll(reader: PipeReader, chunks: readonly Uint8Array[]): Frame[] {
  return chunks.flatMap((chunk) =>
    [...reader.read(chunk)].map((frame) => ({ ...frame, payload: frame.payload.slice() }))
  );
}

const anyFrame = fc.record<Frame>(
  {
    kind: fc.constantFrom("record", "message", "counts"),
    payload: fc.uint8Array({ maxLength: 300 }),
    buffers: fc.array(fc.uint8Array({ maxLength: 300 }).map(({ buffer }) => buffer), {
      maxLength: 2,
    }),
  },
  { noNullPrototype: true },
);
const anyPlace = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("read() gives the frames that were written, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(anyFrame), fc.array(anyPlace), (frames, places) => {
      const reader = new PipeReader();
      assertEquals(readAll(reader, cut(bytesOf(frames), places)), frames);
    }),
    { numRuns: 500 },
  );
});

Deno.test("read() gives all whole frames of a stream that ends anywhere", () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { minLength: 1 }),
      fc.array(anyPlace),
      anyPlace,
      (frames, places, end) => {
        const bytes = bytesOf(frames);
        const kept = bytes.subarray(0, Math.floor(end * bytes.length));
        const reader = new PipeReader();
        const read = readAll(reader, cut(kept, places));
        assertEquals(read, frames.slice(0, read.length));
        const next = frames[read.length];
        if (next) assert(bytesOf([...read, next]).length > kept.length, "one more was whole");
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("read() takes a long frame in many small chunks without copying it over and over", () => {
  const payload = new Uint8Array(16 * 1024 * 1024).fill(7);
  const reader = new PipeReader();
  const [header, body] = [
    bytesOf([{ kind: "record", payload: new Uint8Array(0), buffers: [] }]),
    payload,
  ];
  writeHeader(header, "record", body.length);
  let frames = [...reader.read(header)];
  const began = performance.now();
  for (let at = 0; at < body.length; at += 1024) {
    frames = [...frames, ...reader.read(body.subarray(at, at + 1024))];
  }
  // Copying all that is there for each chunk would take a minute.
  assert(performance.now() - began < 10_000);
  assertEquals(frames.map((frame) => frame.payload.length), [body.length]);
});

Deno.test("read() gives buffers to keep, which are on no chunk", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const chunk = bytesOf([{
    kind: "message",
    payload: new Uint8Array([9]),
    buffers: [bytes.buffer],
  }]);
  const [frame] = [...new PipeReader().read(chunk)];
  chunk.fill(0);
  assertEquals(frame?.buffers.map((buffer) => new Uint8Array(buffer)), [bytes]);
});

Deno.test("read() refuses what is no frame, and says so", () => {
  const header = bytesOf([{ kind: "record", payload: new Uint8Array(0), buffers: [] }]);
  const tooLong = header.slice();
  new DataView(tooLong.buffer).setUint32(4, MOST_PAYLOAD_BYTES + 1, true);
  const refused: [Uint8Array, string][] = [
    [tooLong, `Cannot read a frame of ${MOST_PAYLOAD_BYTES + 1} bytes and kind 0`],
    [header.with(8, 99), "Cannot read a frame of 0 bytes and kind 99"],
    [new TextEncoder().encode("hello, world"), "Cannot read a frame that begins with 68 65 6c 6c"],
    [new Uint8Array([7, ...header]), "Cannot read a frame that begins with 07 "],
    [new Uint8Array(20), "Cannot read a frame that begins with 00 00 00 00"],
  ];
  for (const [bytes, text] of refused) {
    assertThrows(() => [...new PipeReader().read(bytes)], TypeError, text);
  }
});
