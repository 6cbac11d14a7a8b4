import { assert, assertEquals } from "@std/assert";
import { RingReader } from "../../src/relay/ring_reader.ts";
import { RingWriter } from "../../src/relay/ring_writer.ts";
import { FellAsleep, interrupt, Sleepers } from "./ring_atomics.ts";
import { merge, MergedRing } from "./ring_merge.ts";
import { ringMemory, ringPair, takeAll } from "./ring_pair.ts";

type Action = "reader" | "first" | "second" | "outside";

/** Two writers and a reader, who merges and goes to sleep. */
class Threads implements Disposable {
  readonly sleepers = new Sleepers();
  readonly handled: string[] = [];
  readonly #counter: Int32Array<SharedArrayBuffer>;
  readonly #rings: { memory: SharedArrayBuffer; ring: MergedRing; writer: RingWriter }[];
  readonly #outside: [number, string][] = [];
  #last: number;

  constructor(sequence: number) {
    this.#counter = new Int32Array(new SharedArrayBuffer(4)).fill(sequence);
    this.#last = sequence;
    this.#rings = [0, 1].map((index) => {
      const memory = ringMemory(128);
      const fetch = () => index === 0 ? this.#outside.shift() : undefined;
      const ring = new MergedRing(new RingReader(memory), fetch);
      return { memory, ring, writer: new RingWriter(memory, this.#counter.buffer) };
    });
  }

  perform(action: Action): void {
    const [first, second] = this.#rings;
    if (action === "reader") return this.#read();
    if (action === "first") assertEquals(first!.writer.write("first"), "written");
    if (action === "second") assertEquals(second!.writer.write("second"), "written");
    if (action === "outside") {
      first!.writer.sendOutside((seq) => this.#outside.push([seq, "outside"]));
    }
  }

  /** Lets the reader act until it sleeps. It is an error if it does in front of a record. */
  async finish(total: number): Promise<void> {
    while (this.#rings.some(({ memory }) => !this.sleepers.isAsleep(memory))) {
      await Promise.resolve().then(() => {}); // Those who were notified get up.
      this.#read();
    }
    assertEquals(this.handled.length, total, "the reader sleeps in front of a record");
  }

  #read(): void {
    merge(this.#counter, this.#rings.map(({ ring }) => ring), (seq, text) => {
      this.#last = (this.#last + 1) | 0;
      assertEquals(seq, this.#last >>> 0, "numbers come in order, without a gap");
      this.handled.push(text);
    });
    for (const { ring } of this.#rings) ring.reader.changed();
  }

  [Symbol.dispose](): void {
    this.sleepers[Symbol.dispose]();
  }
}

Deno.test("the order holds and nobody oversleeps whatever comes between two atomic operations", async () => {
  const orders: Action[][] = [
    ["reader", "first", "second"],
    ["reader", "outside", "second"],
    ["reader", "second", "outside"],
    ["first", "reader", "second"],
    ["first", "second", "reader"],
    ["outside", "reader", "second"],
    ["outside", "second", "reader"],
    ["second", "outside", "reader"],
    ["second", "reader", "outside"],
  ];
  for (const [outer, middle, inner] of orders as [Action, Action, Action][]) {
    for (const before of [[], ["first"], ["reader"], ["second", "reader"]] as Action[][]) {
      for (let at = 0, isInterrupted = true; isInterrupted; at++) {
        for (let within = 0, isReached = true; isReached; within++) {
          using threads = new Threads(within % 2 - 2);
          for (const action of before) threads.perform(action);
          const innermost = () => threads.perform(inner);
          isReached = false;
          isInterrupted = interrupt(() => threads.perform(outer), at, () => {
            isReached = interrupt(() => threads.perform(middle), within, innermost);
          });
          const done = [...before, outer];
          if (isInterrupted) done.push(middle);
          if (isReached) done.push(inner);
          await threads.finish(done.filter((action) => action !== "reader").length);
        }
      }
    }
  }
});

Deno.test("RingReader.changed() does not oversleep what is written meanwhile", () => {
  using sleepers = new Sleepers();
  for (let at = 0, isInterrupted = true; isInterrupted; at++) {
    const { memory, writer, reader } = ringPair();
    const taken: [number, string][] = [];
    const read = () => {
      taken.push(...takeAll(reader));
      reader.changed();
    };
    isInterrupted = interrupt(read, at, () => writer.write("a"));
    const isMissed = isInterrupted && taken.length === 0 && sleepers.isAsleep(memory);
    assert(!isMissed, `written before operation ${at} of the reader`);
  }
});

Deno.test("RingWriter.waitForRoom() does not oversleep what is taken meanwhile", () => {
  using sleepers = new Sleepers();
  for (const text of ["12345678", "x".repeat(56)]) { // Four records fill the ring, or one.
    for (const isWriterOuter of [true, false]) {
      for (let at = 0, isInterrupted = true; isInterrupted; at++) {
        const { memory, writer, reader } = ringPair({ bytes: 64 });
        while (writer.write(text) === "written");
        const wait = () => void sleepsAfter(() => writer.waitForRoom(1e9));
        const take = () => void takeAll(reader);
        const [outer, inner] = isWriterOuter ? [wait, take] : [take, wait];
        isInterrupted = interrupt(outer, at, inner);
        const isMissed = isInterrupted && sleepers.isAsleep(memory);
        assert(!isMissed, `${inner.name} before operation ${at} of ${outer.name}`);
      }
    }
  }
});

/** Whether an action ends in sleep. */
function sleepsAfter(action: () => void): boolean {
  try {
    action();
    return false;
  } catch (error) {
    if (error instanceof FellAsleep) return true;
    throw error;
  }
}

Deno.test("RingReader.take() wakes the writer once for half of the ring, and when that room is there", () => {
  const { memory, writer, reader } = ringPair({ bytes: 128 });
  using sleepers = new Sleepers();
  while (writer.write("12345678") === "written");
  assert(sleepsAfter(() => writer.waitForRoom(1e9)));
  reader.refresh();
  for (let taken = 1; taken <= 8; taken++) {
    reader.take();
    assertEquals(sleepers.isAsleep(memory), taken < 4);
  }
});

Deno.test("RingReader.take() wakes a writer that wants more when there is that room", () => {
  const { memory, writer, reader } = ringPair({ bytes: 128 });
  using sleepers = new Sleepers();
  while (writer.write("12345678") === "written");
  assertEquals(writer.write("x".repeat(80)), "full"); // A frame of 88 bytes.
  assert(sleepsAfter(() => writer.waitForRoom(1e9)));
  reader.refresh();
  for (let taken = 1; taken <= 8; taken++) {
    reader.take();
    assertEquals(sleepers.isAsleep(memory), taken * 16 < 88);
  }
  assertEquals(writer.write("x".repeat(80)), "written");
});

Deno.test("RingReader.take() lets the writer sleep when it has filled again what was taken", () => {
  const { memory, writer, reader } = ringPair({ bytes: 128 });
  using sleepers = new Sleepers();
  while (writer.write("12345678") === "written");
  reader.refresh();
  for (let taken = 0; taken < 4; taken++) reader.take();
  while (writer.write("12345678") === "written");
  assert(sleepsAfter(() => writer.waitForRoom(1e9)));
  reader.take();
  assert(sleepers.isAsleep(memory));
});
