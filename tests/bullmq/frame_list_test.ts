import { assert, assertEquals, assertThrows } from "@std/assert";
import { packFrames, readFrames } from "../../src/bullmq/wire/frame_list.ts";
import { toTable } from "../../src/bullmq/wire/frame_table.ts";
import type { FrameList, SentFrame } from "../../src/bullmq/wire/messages.ts";
import { packRaw, PayloadTooLongError } from "../../src/bullmq/wire/payload.ts";
import { FRAMES } from "./wire_samples.ts";

const LIMIT = { limit: 10_000_000 };

const LIST: FrameList = { delivery: "d1", worker: "Process-1@host", frames: FRAMES };

Deno.test("readFrames() gives what packFrames() was given", () => {
  assertEquals(readFrames(packFrames(LIST), LIMIT), LIST);
  const none = { ...LIST, frames: [] };
  assertEquals(readFrames(packFrames(none), LIMIT), none);
});

Deno.test("packFrames() takes payloads that are parts of others, before it returns", () => {
  const memory = new Uint8Array([0, 1, 2, 3]);
  const payload = memory.subarray(1, 3);
  const list: FrameList = {
    ...LIST,
    frames: [{ kind: "record", number: 0, payload, buffers: [] }],
  };
  const packed = packFrames(list);
  memory.fill(9);
  const [frame] = (readFrames(packed, LIMIT)).frames;
  assertEquals([...frame!.payload], [1, 2]);
});

Deno.test("packFrames() takes many frames, and many buffers", () => {
  const frames: SentFrame[] = Array.from({ length: 20_000 }, (_, number) => ({
    kind: "message",
    number,
    payload: new Uint8Array(number % 50).fill(number),
    buffers: [],
  }));
  const list = { ...LIST, frames };
  assertEquals(readFrames(packFrames(list), LIMIT), list);
  const buffers = Array.from({ length: 200_000 }, () => new ArrayBuffer(0));
  const one: FrameList = {
    ...LIST,
    frames: [{ kind: "message", number: 0, payload: new Uint8Array(), buffers }],
  };
  assertEquals((readFrames(packFrames(one), LIMIT)).frames[0]?.buffers.length, 200_000);
});

Deno.test("readFrames() refuses what is something else, and says why", () => {
  const table = toTable(LIST);
  const cases: [unknown, string][] = [
    [undefined, "it is undefined"],
    [{ ...table, delivery: 1 }, "delivery is 1"],
    [{ ...table, heads: new Uint32Array(3) }, "heads is Uint32Array(3)"],
    [{ ...table, payloads: table.payloads.subarray(1) }, "heads tells of"],
    [{ ...table, buffers: [] }, "heads tells of"],
  ];
  for (const [value, reason] of cases) {
    const error = assertThrows(() => readFrames(packRaw(value), LIMIT), TypeError, reason);
    assert(error.message.startsWith("Cannot read an entry of the stream: "), error.message);
  }
  const packed = packFrames(LIST);
  assertThrows(() => readFrames(packed.subarray(0, -4), LIMIT), TypeError);
  assertThrows(() => readFrames(packed, { limit: 10 }), PayloadTooLongError);
});
