import { assertEquals, assertThrows } from "@std/assert";
import * as ring from "../../src/relay/ring.ts";
import { ringPair, takeAll } from "./ring_pair.ts";

Deno.test("RingReader throws when lengths can't be right, and reads nothing", () => {
  const frame = ring.HEADER_BYTES / 4;
  const damages: [(words: Int32Array) => void, string][] = [
    [(words) => words[frame] = 57, "a frame at 0 says that its text has 57 bytes"],
    [(words) => words[frame] = 17, "a frame at 0 says that its text has 17 bytes"],
    [(words) => words[frame] = -2, "a frame at 0 says that its text has -2 bytes"],
    [(words) => words[frame] = ring.SKIP, "a frame at 0 says that its text has -1 bytes"],
    [(words) => words[frame] = -(2 ** 31), "a frame at 0 says that its text has -2147483648 bytes"],
    [(words) => words[frame] = 2 ** 31 - 1, "a frame at 0 says that its text has 2147483647 bytes"],
    [(words) => words[ring.COMMITTED] = 4, "a frame at 0 says that its text has 3 bytes"],
    [(words) => words[ring.COMMITTED] = 25, "25 of 64 bytes are in use"],
    [(words) => words[ring.COMMITTED] = 68, "68 of 64 bytes are in use"],
    [(words) => words[ring.COMMITTED] = -4, "-4 of 64 bytes are in use"],
  ];
  for (const [damage, message] of damages) {
    const { words, writer, reader } = ringPair({ bytes: 64 });
    writer.write("abc");
    writer.write("d");
    damage(words);
    const text = `Cannot read the ring: its memory is damaged (${message})`;
    assertThrows(() => takeAll(reader), Error, text);
    assertThrows(() => takeAll(reader), Error, text);
    assertEquals(words[ring.CONSUMED], 0);
  }
});

Deno.test("RingReader.take() gives the record before a damaged one", () => {
  const { words, writer, reader } = ringPair({ bytes: 64 });
  writer.write("good");
  writer.write("bad");
  words[ring.HEADER_BYTES / 4 + 3] = 1000;
  reader.refresh();
  assertEquals(reader.front, 1);
  assertEquals(reader.take(), "good");
  assertThrows(() => reader.front, Error, "its memory is damaged");
  assertThrows(() => reader.take(), Error, "its memory is damaged");
});

Deno.test("RingReader throws when a skip leads beyond what is committed", () => {
  const { words, writer, reader } = ringPair({ bytes: 64, position: 32 });
  writer.write("abc");
  words[ring.HEADER_BYTES / 4 + 8] = ring.SKIP;
  assertThrows(() => takeAll(reader), Error, "its memory is damaged");
});

Deno.test("RingReader throws when a frame leads over the end of the data area", () => {
  const { words, writer, reader } = ringPair({ bytes: 64, position: 48 });
  writer.write("12345678");
  writer.write("12345678");
  words[ring.HEADER_BYTES / 4 + 12] = 9;
  assertThrows(() => takeAll(reader), Error, "a frame at 48 says that its text has 9 bytes");
});

Deno.test("RingReader throws when a full ring starts with a skip", () => {
  const { words, writer, reader } = ringPair({ bytes: 64 });
  while (writer.write("12345678") === "written");
  words[ring.HEADER_BYTES / 4] = ring.SKIP;
  assertThrows(() => takeAll(reader), Error, "a frame at 0 says that its text has -1 bytes");
});
