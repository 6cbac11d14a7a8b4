import { assertEquals, assertThrows } from "@std/assert";
import { MOST_PAYLOAD_BYTES, TooLongError } from "../../src/relay/pipe_frame.ts";
import { PipeReader } from "../../src/relay/pipe_reader.ts";
import { descriptorWriter, PipeWriter } from "../../src/relay/pipe_writer.ts";

/** A pipe that takes so many bytes at once, and fails as it is told. */
class SlowPipe {
  readonly texts: string[] = [];
  readonly #reader = new PipeReader();
  readonly #room: number;
  readonly #failures: unknown[];

  constructor(room: number, failures: unknown[] = []) {
    this.#room = room;
    this.#failures = failures;
  }

  writeSync(bytes: Uint8Array): number {
    if (this.#failures.length > 0) throw this.#failures.shift();
    const taken = bytes.slice(0, this.#room);
    for (const { kind, payload, buffers } of this.#reader.read(taken)) {
      const texts = [payload, ...buffers].map((bytes) => new TextDecoder().decode(bytes));
      this.texts.push([kind, ...texts].join(" "));
    }
    return taken.length;
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text).buffer;
const error = (code: string) => Object.assign(new Error(code), { code });

Deno.test("write() goes on until all is written, whatever the pipe takes at once", () => {
  for (const room of [1, 2, 7, 100_000]) {
    const pipe = new SlowPipe(room);
    const writer = new PipeWriter(pipe);
    const long = "é漢🦕".repeat(20_000);
    assertEquals(writer.write("record", "short 漢"), true);
    assertEquals(writer.write("record", long), true);
    assertEquals(writer.write("message", new Uint8Array([65, 66])), true);
    assertEquals(writer.write("counts", ""), true);
    const buffers = [bytesOf("C"), bytesOf(""), bytesOf(long)];
    assertEquals(writer.write("message", new Uint8Array([66]), buffers), true);
    assertEquals(writer.write("message", "B", buffers), true);
    assertEquals(pipe.texts, [
      "record short 漢",
      `record ${long}`,
      "message AB",
      "counts ",
      `message B C  ${long}`,
      `message B C  ${long}`,
    ]);
  }
});

Deno.test("write() waits while a pipe that does not wait is full", () => {
  const pipe = new SlowPipe(3, [error("EAGAIN"), new Deno.errors.WouldBlock(), error("EAGAIN")]);
  assertEquals(new PipeWriter(pipe).write("record", "later"), true);
  assertEquals(pipe.texts, ["record later"]);
});

Deno.test("write() says that nothing is written, and throws nothing, once the reader is gone", () => {
  for (const reason of [error("EPIPE"), error("EBADF"), new Deno.errors.BrokenPipe(), "odd"]) {
    const pipe = new SlowPipe(100, [reason]);
    const writer = new PipeWriter(pipe);
    assertEquals(writer.write("record", "lost"), false);
    assertEquals(writer.write("record", "lost too"), false);
    assertEquals(pipe.texts, []);
  }
  // No process of this test has such a descriptor.
  assertEquals(new PipeWriter(descriptorWriter(99_999)).write("record", "lost"), false);
});

Deno.test("write() refuses what is too long for a frame, and is not broken by it", () => {
  const pipe = new SlowPipe(100);
  const writer = new PipeWriter(pipe);
  // Only its length is looked at.
  const long = Object.defineProperty(new Uint8Array(1), "length", {
    value: MOST_PAYLOAD_BYTES + 1,
  });
  assertThrows(() => writer.write("message", long), TooLongError, "Send the data in parts");
  const short = [bytesOf("written before")];
  assertThrows(() => writer.write("message", long, short), TooLongError);
  assertEquals(writer.write("record", "next"), true);
  assertEquals(pipe.texts, ["record next"]);
});

Deno.test("write() tells once that the reader is gone", () => {
  let told = 0;
  const writer = new PipeWriter(new SlowPipe(100, [error("EPIPE")]), () => told++);
  writer.write("record", "lost");
  writer.write("record", "lost too");
  assertEquals(told, 1);
});
