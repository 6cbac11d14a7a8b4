import { assert, assertEquals, assertThrows } from "@std/assert";
import * as ring from "../../src/relay/ring.ts";
import { RingReader } from "../../src/relay/ring_reader.ts";
import { RingWriter } from "../../src/relay/ring_writer.ts";
import { withPatience } from "../../src/testing/patience.ts";
import { runDeno } from "../support/run_deno.ts";
import { merge, MergedRing } from "./ring_merge.ts";
import { ringPair, takeAll } from "./ring_pair.ts";

Deno.test("createRing() makes 1 MiB, or rounds up to a power of two", () => {
  assertEquals(ring.createRing().byteLength, ring.HEADER_BYTES + 1024 * 1024);
  assertEquals(ring.createRing(16).byteLength, ring.HEADER_BYTES + 16);
  assertEquals(ring.createRing(17).byteLength, ring.HEADER_BYTES + 32);
  assertEquals(ring.createRing(1000).byteLength, ring.HEADER_BYTES + 1024);
});

Deno.test("createRing() refuses what is no size", () => {
  for (const bytes of [0, 15, -16, 16.5, NaN, Infinity, 2 ** 30 + 1]) {
    assertThrows(() => ring.createRing(bytes), RangeError, `bytes is ${bytes}; give an integer`);
  }
});

Deno.test("RingWriter and RingReader refuse memory that is no ring", () => {
  for (const bytes of [0, ring.HEADER_BYTES, ring.HEADER_BYTES + 8, ring.HEADER_BYTES + 24]) {
    const memory = new SharedArrayBuffer(bytes);
    assertThrows(() => new RingReader(memory), RangeError, `its length is ${bytes} bytes`);
    const counter = new SharedArrayBuffer(4);
    assertThrows(() => new RingWriter(memory, counter), RangeError, "make it with createRing()");
  }
});

Deno.test("isBefore() compares across the end of 32 bits", () => {
  assert(ring.isBefore(1, 2));
  assert(!ring.isBefore(2, 2));
  assert(!ring.isBefore(3, 2));
  assert(ring.isBefore(2 ** 32 - 1, 0));
  assert(!ring.isBefore(0, 2 ** 32 - 1));
  assert(ring.isBefore(2 ** 31 - 1, 2 ** 31));
});

Deno.test("RingWriter.write() gives each record the next number, and RingReader.take() its text", () => {
  const { writer, reader } = ringPair({ sequence: 41 });
  assertEquals(writer.write("one"), "written");
  assertEquals(writer.write(""), "written");
  assertEquals(writer.write("zw\0ei ü € 💡"), "written");
  assertEquals(takeAll(reader), [[42, "one"], [43, ""], [44, "zw\0ei ü € 💡"]]);
  assertEquals(reader.front, undefined);
});

Deno.test("RingReader.take() keeps a byte order mark, in texts of any length", () => {
  const { writer, reader } = ringPair();
  const texts = ["\ufeff", "\ufeffa\ufeff", "\ufeff" + "é".repeat(10_000)];
  for (const text of texts) writer.write(text);
  assertEquals(takeAll(reader).map(([, text]) => text), texts);
});

Deno.test("RingReader sees what came after refresh() only at the next one", () => {
  const { writer, reader } = ringPair();
  writer.write("a");
  assertEquals(reader.front, undefined);
  reader.refresh();
  writer.write("b");
  assertEquals(reader.front, 1);
  assertEquals(reader.take(), "a");
  assertEquals(reader.front, undefined);
  assertThrows(() => reader.take(), Error, "Cannot take a record: none is left");
  assertEquals(takeAll(reader), [[2, "b"]]);
});

Deno.test("RingWriter.write() takes a record of the size of the ring wherever its positions are", () => {
  for (let position = 0; position < 64; position += 4) {
    const { writer, reader } = ringPair({ bytes: 64, position });
    const text = "x".repeat(64 - ring.FRAME_HEADER_BYTES);
    if (position > 0) {
      assertEquals(writer.write(text), "full", "the rest of the data area is given up first");
      assertEquals(takeAll(reader), []);
    }
    assertEquals(writer.write(text), "written");
    assertEquals(writer.write(""), "full");
    assertEquals(takeAll(reader), [[1, text]]);
  }
});

Deno.test("RingWriter.write() refuses what never fits, and takes no number for it", () => {
  const { writer, reader, counter } = ringPair({ bytes: 64 });
  for (const text of ["x".repeat(57), "é".repeat(29), "€".repeat(19), "💡".repeat(15)]) {
    assertEquals(writer.write(text), "tooBig");
  }
  assertEquals(counter[0], 0);
  assertEquals(writer.write("é".repeat(28)), "written");
  assertEquals(takeAll(reader), [[1, "é".repeat(28)]]);
});

Deno.test("RingWriter.write() says full until the reader takes something", () => {
  const { writer, reader, counter } = ringPair({ bytes: 32 });
  assertEquals(writer.write("12345678"), "written");
  assertEquals(writer.write("12345678"), "written");
  assertEquals(writer.write(""), "full");
  assertEquals(counter[0], 2);
  reader.refresh();
  reader.take();
  assertEquals(writer.write("12345678"), "written");
  assertEquals(takeAll(reader).map(([seq]) => seq), [2, 3]);
});

Deno.test("RingWriter goes on where another writer of the same ring ended", () => {
  const { memory, counter, writer, reader } = ringPair({ bytes: 64, position: 60 });
  writer.write("first");
  const second = new RingWriter(memory, counter.buffer);
  second.write("second");
  assertEquals(takeAll(reader), [[1, "first"], [2, "second"]]);
  assertEquals(reader.count, 2);
});

Deno.test("RingReader goes on where another reader of the same ring ended", () => {
  const { memory, writer, reader } = ringPair();
  for (const text of ["a", "b", "c"]) writer.write(text);
  reader.refresh();
  reader.take();
  assertEquals(takeAll(new RingReader(memory)), [[2, "b"], [3, "c"]]);
});

Deno.test("RingWriter.waitForRoom() returns at once when the reader took something since write()", () => {
  const { writer, reader } = ringPair({ bytes: 16 });
  writer.write("12345678");
  assertEquals(writer.write(""), "full");
  assertEquals(writer.waitForRoom(0), false);
  takeAll(reader);
  assertEquals(writer.waitForRoom(1e9), true);
  assertEquals(writer.waitForRoom(0), false, "nothing was taken since");
  assertEquals(writer.write(""), "written");
});

Deno.test("RingWriter.waitForRoom() returns at once when nobody reads any more", () => {
  const { writer, reader } = ringPair({ bytes: 16 });
  assertEquals(writer.isClosed, false);
  writer.write("12345678");
  reader.close();
  reader.close();
  assertEquals(writer.isClosed, true);
  assertEquals(writer.write(""), "full");
  assertEquals(writer.waitForRoom(1e9), false);
});

Deno.test("RingWriter.sendOutside() draws a number and counts when it was sent", () => {
  const { writer, reader } = ringPair({ sequence: -1 });
  const sent: number[] = [];
  writer.sendOutside((seq) => {
    sent.push(seq);
    assertEquals([reader.sentOutside, reader.count], [0, 0]);
  });
  writer.sendOutside((seq) => sent.push(seq));
  assertEquals(sent, [0, 1]);
  assertEquals([reader.sentOutside, reader.count], [2, 2]);
});

Deno.test("RingWriter.sendOutside() counts nothing when it can't be sent, and holds nothing back", () => {
  const { writer, reader } = ringPair();
  assertThrows(
    () =>
      writer.sendOutside(() => {
        throw new RangeError("too big for a message");
      }),
    RangeError,
    "too big for a message",
  );
  assertEquals([reader.sentOutside, reader.count, reader.low()], [0, 0, undefined]);
});

Deno.test("RingReader.low() holds later numbers back until the record was sent outside", () => {
  for (const sequence of [0, 1, -2, -1, 2 ** 31 - 2, 2 ** 31 - 1]) {
    const slow = ringPair({ sequence });
    const quick = ringPair();
    const quickWriter = new RingWriter(quick.memory, slow.counter.buffer);
    const outside: [number, string][] = [];
    const rings = [
      new MergedRing(slow.reader, () => outside.shift()),
      new MergedRing(quick.reader),
    ];
    const handled: [number, string][] = [];
    const mergeAll = () => merge(slow.counter, rings, (...record) => handled.push(record));
    quickWriter.write("before");
    slow.writer.sendOutside((seq) => {
      quickWriter.write("after");
      mergeAll();
      assert(ring.isBefore(slow.reader.low()!, seq));
      assert(slow.reader.low()! >= 0, "an unsigned number, as all");
      assert(!handled.some(([, text]) => text === "after"));
      outside.push([seq, "outside"]);
    });
    mergeAll();
    const numbers = [1, 2, 3].map((step) => (sequence + step) >>> 0);
    assertEquals(handled.map(([seq]) => seq), numbers);
    assertEquals(handled.map(([, text]) => text), ["before", "outside", "after"]);
  }
});

Deno.test("RingWriter.drop() and count() are counted by what became of the record", () => {
  const { writer, reader } = ringPair();
  writer.write("a");
  writer.drop();
  writer.drop();
  writer.count("written");
  writer.count("written", 2);
  writer.count("filtered");
  writer.count("dropped");
  writer.count("relayed");
  const { count, sentOutside, dropped, written, filtered, lost } = reader;
  assertEquals({ count, sentOutside, dropped, written, filtered, lost }, {
    count: 1,
    sentOutside: 0,
    dropped: 2,
    written: 3,
    filtered: 1,
    lost: 1,
  });
});

Deno.test("RingReader counts modulo 2^32", () => {
  const { words, writer, reader } = ringPair();
  words[ring.COUNT] = words[ring.DROPPED] = -2;
  writer.write("a");
  writer.drop();
  assertEquals([reader.count, reader.dropped], [2 ** 32 - 1, 2 ** 32 - 1]);
  writer.write("a");
  writer.drop();
  assertEquals([reader.count, reader.dropped], [0, 0]);
});

Deno.test("RingReader.changed() resolves at once when something came since refresh()", async () => {
  const actions: ((writer: RingWriter) => void)[] = [
    (writer) => writer.write("a"),
    (writer) => writer.sendOutside(() => {}),
    (writer) => writer.drop(),
  ];
  for (const act of actions) {
    const { words, writer, reader } = ringPair();
    act(writer);
    await withPatience(reader.changed(), "a change before the first refresh()");
    reader.refresh();
    act(writer);
    await withPatience(reader.changed(), "a change after refresh()");
    assertEquals(words[ring.READER_WAITS], 0);
  }
});

Deno.test("RingReader.changed() resolves when something comes, and waits again", async () => {
  const { words, writer, reader } = ringPair();
  words[ring.CHANGES] = -5; // It starts again after 2^32.
  const actions = [
    () => writer.write("a"),
    () => writer.sendOutside(() => {}),
    () => writer.drop(),
  ];
  for (const act of [...actions, ...actions, ...actions]) {
    reader.refresh();
    const change = reader.changed();
    assert(change === reader.changed(), "who waits for the same gets the same promise");
    assertEquals(words[ring.READER_WAITS], 1);
    act();
    await withPatience(change, "a change");
    assertEquals(words[ring.READER_WAITS], 0, "a writer need not wake anybody now");
  }
});

Deno.test("RingReader.changed() tells of what came between mark() and refresh()", async () => {
  const { words, writer, reader } = ringPair();
  reader.mark();
  writer.write("a");
  reader.refresh();
  assertEquals(reader.take(), "a");
  await withPatience(reader.changed(), "a change after mark()");
  reader.refresh();
  const change = reader.changed();
  assertEquals(words[ring.READER_WAITS], 1, "the mark was for one refresh()");
  reader.close();
  await withPatience(change, "the end of a wait");
});

Deno.test("RingWriter.write() wakes the reader when it gives up the end of the data area", async () => {
  const { words, writer, reader } = ringPair({ bytes: 64, position: 60 });
  reader.refresh();
  const change = reader.changed();
  assertEquals(writer.write("x".repeat(56)), "full");
  await withPatience(change, "a change");
  assertEquals(takeAll(reader), []);
  assertEquals(words[ring.CONSUMED], 64);
});

Deno.test("RingReader.close() ends changed()", async () => {
  const { reader } = ringPair();
  reader.refresh();
  const change = reader.changed();
  reader.close();
  await withPatience(change, "the end of a wait");
  await withPatience(reader.changed(), "the end of a wait that began later");
});

Deno.test("RingReader.changed() does not keep the process alive", async () => {
  const { code, stderr } = await runDeno([
    "eval",
    `import { createRing } from ${JSON.stringify(import.meta.resolve("../../src/relay/ring.ts"))};
    import { RingReader } from ${
      JSON.stringify(import.meta.resolve("../../src/relay/ring_reader.ts"))
    };
    new RingReader(createRing()).changed().then(() => Deno.exit(3));`,
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("RingWriter.write() writes whole or not at all when the stack overflows", () => {
  const { words, counter, writer } = ringPair({ bytes: 4096 });
  let written = 0;
  const recur = (...padding: number[]): void => {
    if (writer.write("deep") === "written") written++;
    else words[ring.CONSUMED] = words[ring.COMMITTED]!;
    recur(...padding);
  };
  for (let round = 0; round < 50; round++) {
    assertThrows(() => recur(...Array(round % 20).fill(0)), RangeError, "call stack");
    assertEquals([words[ring.COUNT], counter[0], words[ring.LOW]], [written, written, 0]);
  }
});
