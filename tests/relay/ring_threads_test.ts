import { assert, assertEquals } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for the tests of the ring alone
import fc from "npm:fast-check@4.10.2";
import { WRITER_WAITS } from "../../src/relay/ring.ts";
import { withPatience } from "../../src/testing/patience.ts";
import { randomFrom } from "./ring_text.ts";
import { CheckingReader, ThreadWriter } from "./ring_writers.ts";

function counterFrom(sequence: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4)).fill(sequence);
}

/** Blocks this thread until a writer sleeps in front of a full ring. */
function blockUntilFull({ memory }: ThreadWriter): void {
  const words = new Int32Array(memory);
  while (Atomics.load(words, WRITER_WAITS) === 0);
}

Deno.test("rings of 1 to 4 threads give each number once and in order, at any speed", async () => {
  const texts = 400;
  const plan = fc.record({
    threads: fc.integer({ min: 1, max: 4 }),
    sequence: fc.constantFrom(0, -100, 2 ** 31 - 100),
    position: fc.constantFrom(0, -400, 2 ** 31 - 400),
    bytes: fc.constantFrom(512, 4096, 65536),
    longest: fc.constantFrom(100, 1000, 10_000),
    pause: fc.constantFrom(0, 1000, 30_000),
    reader: fc.record({
      most: fc.constantFrom(1, 10, Infinity),
      pause: fc.constantFrom(0, 1000, 30_000),
    }),
  });
  const property = fc.asyncProperty(plan, async ({ threads, sequence, reader, ...rest }) => {
    const counter = counterFrom(sequence);
    using stack = new DisposableStack();
    const writers = Array.from(
      { length: threads },
      (_, worker) => stack.use(new ThreadWriter(worker, counter, { ...rest, texts })),
    );
    const checking = new CheckingReader(counter, writers, { ...rest, sequence });
    await checking.readUntil(threads * texts, reader);
    for (const { ring, report } of writers) {
      assertEquals((await withPatience(report, "a report")).wasClosed, false);
      assertEquals([ring.reader.count, ring.reader.low()], [texts, undefined]);
    }
    assertEquals(checking.counts, writers.map(() => texts));
  });
  await fc.assert(property, { numRuns: 30, endOnFailure: true });
});

Deno.test("RingWriter.waitForRoom() waits for a reader that is slow, and loses nothing", async () => {
  const counter = counterFrom(0);
  const plan = { bytes: 1024, texts: 500, longest: 100, pause: 0 };
  using writer = new ThreadWriter(0, counter, plan);
  const checking = new CheckingReader(counter, [writer], plan);
  for (let round = 0; round < 5; round++) {
    blockUntilFull(writer);
    checking.read(1);
  }
  await checking.readUntil(plan.texts, { most: 1 });
  const { waits, wasClosed } = await withPatience(writer.report, "a report");
  assert(waits >= 1, "it never waited");
  assertEquals(wasClosed, false);
});

Deno.test("RingWriter.waitForRoom() ends when the reader closes", async () => {
  using writer = new ThreadWriter(0, counterFrom(0), { bytes: 256, longest: 100, pause: 0 });
  blockUntilFull(writer);
  writer.ring.reader.close();
  assertEquals((await withPatience(writer.report, "a report")).wasClosed, true);
});

Deno.test("what a RingWriter wrote is there after its thread was terminated, 50 times", async () => {
  const random = randomFrom(4);
  for (let round = 0; round < 50; round++) {
    const counter = counterFrom(0);
    const plan = { bytes: 4096, longest: 5000, pause: random() < 0.5 ? 0 : 3000 };
    using writer = new ThreadWriter(0, counter, plan);
    const checking = new CheckingReader(counter, [writer], plan);
    await checking.readUntil(1 + Math.floor(random() * 300));
    writer.terminate();
    // It yields only after a burst, for which it needs room.
    let hasEnded = false;
    const ended = writer.ended.then(() => writer.ring.hasEnded = hasEnded = true);
    while (!hasEnded) {
      await withPatience(
        Promise.race([ended, writer.ring.reader.changed()]),
        "the end of a thread",
      );
      checking.read();
    }
    checking.read();
    const { reader } = writer.ring;
    assertEquals(reader.count, checking.count, "all that was committed came");
    assertEquals(reader.front, undefined);
    // Of the text that it was just writing it may have said nothing, or only drawn the number.
    assertIsOneOf(reader.count, [writer.written, writer.written + 1]);
    assertIsOneOf(counter[0]!, [reader.count, reader.count + 1]);
  }
});

function assertIsOneOf(actual: number, expected: readonly number[]): void {
  assert(expected.includes(actual), `${actual} is not one of ${expected.join(", ")}`);
}
