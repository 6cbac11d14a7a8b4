import type { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { decodeClone, encodeClone } from "../../src/relay/clone_bytes.ts";
import type { FromWorker } from "../../src/parallel/wire/wire.ts";
import { FrameOutbox, type OutboxClient } from "../../src/bullmq/agent/frame_outbox.ts";
import { type ChildFrame, frameOf } from "../../src/bullmq/agent/remote_child.ts";
import { readFrames } from "../../src/bullmq/wire/frame_list.ts";
import type { SentFrame } from "../../src/bullmq/wire/messages.ts";

/** Redis, as far as an outbox sees it: entries are taken when the test lets them. */
class SlowStream implements OutboxClient {
  readonly entries: SentFrame[][] = [];
  readonly most: number[] = [];
  /** How many bytes the entries have. */
  bytes = 0;
  expires = 0;
  #waiting: (() => void)[] = [];
  #came: (() => void)[] = [];
  isOpen = true;
  refuses = false;

  async xadd(_key: string, ...args: (string | number | Buffer)[]): Promise<string> {
    const bytes = args.at(-1) as Buffer; // The frames come last.
    for (const wake of this.#came.splice(0)) wake();
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.refuses) throw new Error("OOM command not allowed");
    this.bytes += bytes.length;
    this.most.push(Number(args[2]));
    const { frames } = readFrames(bytes, { limit: 2 ** 30 });
    return `${this.entries.push([...frames])}-0`;
  }

  expire(): Promise<unknown> {
    this.expires++;
    return Promise.resolve(1);
  }

  /** Is resolved when the next entry is on its way. */
  untilSent(): Promise<void> {
    return new Promise((resolve) => this.#came.push(resolve));
  }

  open(): void {
    this.isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

function outboxOn(client: OutboxClient, limit = 1e6): { outbox: FrameOutbox; errors: unknown[] } {
  const errors: unknown[] = [];
  const names = { stream: "s", job: "j", delivery: "d", worker: "w" };
  const onError = (error: unknown) => void errors.push(error);
  return { outbox: new FrameOutbox({ client, ...names, limit, onError }), errors };
}

/** One that no compression makes shorter. */
function record(length: number): ChildFrame {
  return { kind: "record", payload: randomBytes(length), buffers: [] };
}

function settled(...values: unknown[]): ChildFrame {
  return frameOf(outcomesOf(values));
}

function outcomesOf(values: unknown[], failed: number[] = []): FromWorker {
  return { type: "paralog:settled", outcomes: { values, ms: values.map(() => 1), failed } };
}

const summary = (frames: readonly SentFrame[]) =>
  frames.map(({ kind, number }) => `${kind} ${number}`);

Deno.test("what comes together is one entry; the answer has what was not sent, and all that is no record", async () => {
  const stream = new SlowStream();
  const { outbox } = outboxOn(stream);
  outbox.add(frameOf({ type: "paralog:ready" }));
  outbox.add(record(10));
  outbox.add({ kind: "stdout", payload: new Uint8Array(3), buffers: [] });
  await stream.untilSent();
  outbox.add(record(10));
  outbox.add(frameOf({ type: "paralog:began" }));
  const rest = await outbox.finish();
  assertEquals(stream.entries.map(summary), [["message 0", "record 0", "stdout 0"]]);
  assertEquals(summary(rest.frames), ["message 0", "record 1", "message 1"]);
  assertEquals([rest.records, rest.outputs, rest.last], [2, 1, "1-0"]);
  assertEquals(stream.expires, 1);
});

Deno.test("much goes at once, and what comes while an entry is on its way goes with the next one", async () => {
  const stream = new SlowStream();
  stream.isOpen = false;
  const { outbox } = outboxOn(stream);
  const sent = stream.untilSent();
  outbox.add(record(70_000)); // No timer is waited for.
  await sent;
  for (let n = 0; n < 50; n++) outbox.add(record(1000));
  assertEquals(stream.entries.length, 0);
  stream.open();
  const { frames, records } = await outbox.finish();
  assertEquals(stream.entries.map(({ length }) => length), [1]);
  assertEquals([frames.length, records], [50, 51]);
});

Deno.test("an entry has about a megabyte at most, and long entries leave room for fewer", async () => {
  const stream = new SlowStream();
  stream.isOpen = false;
  const { outbox } = outboxOn(stream);
  for (let n = 0; n < 30; n++) outbox.add(record(100_000));
  outbox.add(record(3_000_000));
  stream.open();
  const { frames } = await outbox.finish();
  assertEquals(stream.entries.map(({ length }) => length), [10, 10, 10, 1]);
  assertEquals(frames, []);
  assertEquals(stream.most.map((most) => most < 300), [true, true, true, true]);
});

Deno.test("while Redis is gone records are kept up to a limit, and those that are not are counted", async () => {
  const stream = new SlowStream();
  stream.isOpen = false;
  const { outbox } = outboxOn(stream);
  for (let n = 0; n < 50; n++) {
    outbox.add(record(1_000_000));
    outbox.add(settled(n)); // What calls resulted in is never dropped.
  }
  stream.open();
  const { frames, records } = await outbox.finish();
  assertEquals(records, 50);
  const sent = [...stream.entries.flat(), ...frames];
  const numbers = sent.filter(({ kind }) => kind === "record").map(({ number }) => number);
  assert(numbers.length > 30 && numbers.length < 40, `${numbers.length} records`);
  assertEquals(numbers, numbers.map((_, place) => place));
  assertEquals(valuesOf(frames), Array.from({ length: 50 }, (_, n) => n));
});

Deno.test("what Redis refuses comes with the answer", async () => {
  const stream = new SlowStream();
  stream.refuses = true;
  const { outbox, errors } = outboxOn(stream);
  outbox.add(record(70_000));
  outbox.add(record(70_000));
  const { frames, records, last } = await outbox.finish();
  assertEquals([summary(frames), records, last], [["record 0", "record 1"], 2, undefined]);
  assertEquals(errors.length > 0, true);
});

Deno.test("outcomes that follow each other are told in one message, unless something comes between", async () => {
  const { outbox } = outboxOn(new SlowStream());
  outbox.add(settled(1));
  outbox.add(settled("a", "b"));
  outbox.add(frameOf(outcomesOf([{ kind: "value" }, 4], [0])));
  outbox.add(record(5));
  outbox.add(settled(5));
  const { frames } = await outbox.finish();
  assertEquals(summary(frames), ["message 0", "record 0", "message 1"]);
  const first = decodeClone(frames[0]!.payload);
  assertEquals(first, {
    type: "paralog:settled",
    outcomes: { values: [1, "a", "b", { kind: "value" }, 4], ms: [1, 1, 1, 1, 1], failed: [3] },
  });
});

Deno.test("long outcomes, and those with buffers, are told as they are", async () => {
  const { outbox } = outboxOn(new SlowStream());
  outbox.add(settled(1));
  outbox.add(settled("x".repeat(2000)));
  const buffer = new ArrayBuffer(8);
  const message = outcomesOf([buffer]);
  outbox.add({
    kind: "message",
    payload: encodeClone(message, [buffer]),
    buffers: [buffer],
    message,
  });
  outbox.add(settled(2));
  outbox.add(settled(3));
  const { frames } = await outbox.finish();
  assertEquals(summary(frames), ["message 0", "message 1", "message 2", "message 3"]);
  assertEquals(frames[2]?.buffers, [buffer]);
  assertEquals(valuesOf(frames.slice(3)), [2, 3]);
});

Deno.test("outcomes that are too long together for an answer are in the stream only", async () => {
  const stream = new SlowStream();
  const { outbox } = outboxOn(stream, 150_000);
  for (let n = 0; n < 3; n++) outbox.add(settled(new Uint8Array(70_000)));
  const { frames } = await outbox.finish();
  assertEquals(frames, []);
  assertEquals(summary(stream.entries.flat()), ["message 0", "message 1", "message 2"]);
});

Deno.test("a long outcome at the end of a batch goes with the answer only, the records before it into the stream", async () => {
  const stream = new SlowStream();
  const { outbox } = outboxOn(stream);
  outbox.add(record(70_000));
  outbox.add(settled(new Uint8Array(70_000)));
  outbox.hold();
  const { frames, last } = await outbox.finish();
  assertEquals(summary(stream.entries.flat()), ["record 0"]);
  assertEquals([summary(frames), last], [["message 0"], "1-0"]);
});

Deno.test("what comes after the answer is sent, at the latest when nothing more comes", async () => {
  const stream = new SlowStream();
  const { outbox } = outboxOn(stream);
  outbox.add(record(1));
  assertEquals(summary((await outbox.finish()).frames), ["record 0"]);
  const sent = stream.untilSent();
  outbox.add(record(2));
  await sent;
  outbox.add(record(3));
  await outbox.close();
  outbox.add(record(4));
  assertEquals(stream.entries.map(summary), [["record 1"], ["record 2"]]);
  assertEquals(stream.expires, 2); // Each entry may have made the stream anew.
});

Deno.test("an outbox that is closed before the answer sends nothing on its own", async () => {
  const stream = new SlowStream();
  const { outbox } = outboxOn(stream);
  outbox.add(record(1));
  await outbox.close();
  assertEquals(summary((await outbox.finish()).frames), ["record 0"]);
  assertEquals(stream.entries, []);
});

function valuesOf(frames: readonly SentFrame[]): unknown[] {
  return frames.flatMap(({ kind, payload, buffers }) => {
    const message = kind === "message" ? decodeClone(payload, buffers) as FromWorker : undefined;
    return message?.type === "paralog:settled" ? message.outcomes.values : [];
  });
}
