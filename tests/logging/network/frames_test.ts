import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { frame, FrameError, readFrames } from "../../../src/logging/network/frames.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (string: string) => new TextEncoder().encode(string);

async function readAll(
  chunks: Iterable<Uint8Array>,
  maxLength?: number,
): Promise<string[]> {
  const read: string[] = [];
  for await (const payload of readFrames(ReadableStream.from(chunks), { maxLength })) {
    read.push(text(payload));
  }
  return read;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function* piecesOf(whole: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += length) yield whole.subarray(at, at + length);
}

Deno.test("frame() puts the length before the payload, the first byte counting most", () => {
  assertEquals([...frame(new Uint8Array(258)).subarray(0, 5)], [0, 0, 1, 2, 0]);
  assertEquals([...frame(new Uint8Array(0))], [0, 0, 0, 0]);
});

Deno.test("readFrames() gives the payloads however they are cut", async () => {
  const words = ["one", "", "zwei ä", "x".repeat(1000), "end"];
  const whole = join(...words.map((word) => frame(bytes(word))));
  for (const length of [1, 2, 3, 5, 7, 64, 1001, whole.length]) {
    assertEquals(await readAll(piecesOf(whole, length)), words);
  }
  assertEquals(await readAll([]), []);
});

Deno.test("readFrames() reads a connection", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using server = await listener.accept();
  await client.write(frame(bytes("one")));
  await client.closeWrite();
  const read: string[] = [];
  for await (const payload of readFrames(server)) read.push(text(payload));
  assertEquals(read, ["one"]);
});

Deno.test("readFrames() refuses a frame that is too long, by its first four bytes", async () => {
  const announced = new Uint8Array([0x40, 0, 0, 0]);
  const error = await assertRejects(
    () => readAll([frame(bytes("ok")), announced]),
    FrameError,
    "its length is 1073741824 bytes, allowed are up to 1048576",
  );
  assertEquals([error.reason, error.length], ["tooLong", 2 ** 30]);
  assertEquals(await readAll([frame(bytes("12345"))], 5), ["12345"]);
  await assertRejects(() => readAll([frame(bytes("123456"))], 5), FrameError);
});

Deno.test("readFrames() tells when the sender ends within a frame", async () => {
  const cut = await assertRejects(
    () => readAll([frame(bytes("123456")).subarray(0, 7)]),
    FrameError,
    "ended after 7 bytes of 4 and 6 bytes",
  );
  assertEquals([cut.reason, cut.length], ["cutOff", 6]);
  const early = await assertRejects(() => readAll([new Uint8Array(3)]), FrameError);
  assertEquals([early.reason, early.length], ["cutOff", undefined]);
});

Deno.test("readFrames() cancels the stream when its reader leaves", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(frame(bytes("again"))),
    cancel: () => void (cancelled = true),
  });
  for await (const payload of readFrames(stream)) {
    assertEquals(text(payload), "again");
    break;
  }
  assertEquals(cancelled, true);
});

Deno.test("readFrames() refuses a limit that is none", async () => {
  for (const maxLength of [0, -1, 1.5, NaN, 2 ** 32]) {
    await assertRejects(() => readAll([], maxLength), RangeError, `maxLength is ${maxLength}`);
  }
  assertThrows(() => frame({ length: 2 ** 32 } as Uint8Array), RangeError, "4294967296");
});
