/** Writes texts into a ring from a Web Worker, at a random speed. */

import { RingWriter } from "../../src/relay/ring_writer.ts";
import { randomFrom, textOf } from "./ring_text.ts";

/** What a worker is to do. */
export interface WriterOrder {
  readonly ring: SharedArrayBuffer;
  readonly sequence: SharedArrayBuffer;
  /** Takes `[seq, text]` of what does not fit. It closes when the worker ends. */
  readonly outside: MessagePort;
  /** Counts what was written: one word. */
  readonly written: SharedArrayBuffer;
  readonly worker: number;
  /** How many texts to write, without yielding; endlessly if not given, and now and then it yields. */
  readonly texts?: number;
  readonly longest: number;
  /** The longest pause after a text, in rounds of an empty loop. */
  readonly pause: number;
}

/** What a worker says when it has written everything, or found that nobody reads. */
export interface WriterReport {
  readonly wasClosed: boolean;
  /** How often the ring was full. */
  readonly waits: number;
}

/** How many texts an endless writer writes on average before it yields. */
const BURST = 50;

self.onmessage = async ({ data }: MessageEvent<WriterOrder>) => self.postMessage(await run(data));

async function run(order: WriterOrder): Promise<WriterReport> {
  const { worker, texts = Infinity, longest, pause } = order;
  const writer = new RingWriter(order.ring, order.sequence);
  const written = new Int32Array(order.written);
  const random = randomFrom(worker);
  let waits = 0;
  for (let index = 0; index < texts; index++) {
    const text = textOf(worker, index, longest);
    let outcome = writer.write(text);
    for (; outcome === "full"; outcome = writer.write(text)) {
      waits++;
      if (!writer.waitForRoom(1000) && writer.isClosed) return { wasClosed: true, waits };
    }
    if (outcome === "tooBig") {
      writer.sendOutside((seq) => order.outside.postMessage([seq, text]));
    }
    Atomics.add(written, 0, 1);
    for (let rounds = random() * pause; rounds > 0; rounds--);
    if (texts === Infinity && random() * BURST < 1) await new Promise((done) => setTimeout(done));
  }
  return { wasClosed: false, waits };
}
