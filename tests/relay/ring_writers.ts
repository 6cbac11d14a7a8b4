/** Writers in Web Workers, and a reader in this thread that checks what comes. */

import { assertEquals } from "@std/assert";
import {
  MessageChannel,
  type MessagePort as NodePort,
  receiveMessageOnPort,
} from "node:worker_threads";
import { RingReader } from "../../src/relay/ring_reader.ts";
import { withPatience } from "../../src/testing/patience.ts";
import { merge, MergedRing } from "./ring_merge.ts";
import { ringMemory } from "./ring_pair.ts";
import { textOf } from "./ring_text.ts";
import type { WriterOrder, WriterReport } from "./ring_worker.ts";

/** What a test says of its writers. */
export interface WriterPlan extends Pick<WriterOrder, "texts" | "longest" | "pause"> {
  readonly bytes: number;
  readonly position?: number;
}

/** A writer in a thread of its own, and the other end of its ring. */
export class ThreadWriter implements Disposable {
  readonly memory: SharedArrayBuffer;
  readonly ring: MergedRing;
  /** What it says when it is done. */
  readonly report: Promise<WriterReport>;
  /** Resolves when its thread has ended. */
  readonly ended: Promise<void>;
  readonly #thread: Worker;
  readonly #written = new Int32Array(new SharedArrayBuffer(4));
  readonly #ports: NodePort[];

  constructor(worker: number, counter: Int32Array<SharedArrayBuffer>, plan: WriterPlan) {
    const { bytes, position, ...rest } = plan;
    this.memory = ringMemory(bytes, position);
    const [outside, lifeline] = [new MessageChannel(), new MessageChannel()];
    this.#ports = [outside.port1, lifeline.port1];
    this.ring = mergedRing(this.memory, outside.port1);
    this.#thread = new Worker(import.meta.resolve("./ring_worker.ts"), { type: "module" });
    this.report = new Promise((resolve, reject) => {
      this.#thread.onmessage = ({ data }) => resolve(data);
      this.#thread.onerror = (event) => reject(new Error(event.message));
    });
    this.ended = new Promise((resolve) => lifeline.port1.on("close", resolve));
    lifeline.port1.on("message", () => {}); // Without it there is no "close".
    const order = {
      ...{ ...rest, ring: this.memory, sequence: counter.buffer, worker },
      ...{ written: this.#written.buffer, outside: outside.port2, lifeline: lifeline.port2 },
    };
    // Node's ports are the web's ones in Deno.
    this.#thread.postMessage(order, [outside.port2, lifeline.port2] as unknown as Transferable[]);
  }

  /** How many texts the worker says it has written. */
  get written(): number {
    return Atomics.load(this.#written, 0);
  }

  terminate(): void {
    this.#thread.terminate();
  }

  [Symbol.dispose](): void {
    this.ring.reader.close();
    this.terminate();
    for (const port of this.#ports) port.close();
  }
}

function mergedRing(memory: SharedArrayBuffer, outside: NodePort): MergedRing {
  const reader = new RingReader(memory);
  let fetched = 0;
  return new MergedRing(reader, () => {
    if (fetched === reader.sentOutside) return undefined;
    fetched++;
    return receiveMessageOnPort(outside)!.message;
  });
}

/** Reads the rings of many writers as one, and checks that nothing is missing, torn or out of order. */
export class CheckingReader {
  readonly #counter: Int32Array;
  readonly #writers: readonly ThreadWriter[];
  readonly #longest: number;
  /** How many texts of each writer came. */
  readonly counts: number[];
  #seq: number;

  /** `sequence` is what the counter was before the first writer began. */
  constructor(
    counter: Int32Array,
    writers: readonly ThreadWriter[],
    { longest, sequence = 0 }: { readonly longest: number; readonly sequence?: number },
  ) {
    this.#counter = counter;
    this.#writers = writers;
    this.#longest = longest;
    this.counts = writers.map(() => 0);
    this.#seq = sequence;
  }

  /** How many texts came from all writers. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Reads what is there by now. Returns how many texts, at most so many. */
  read(most?: number): number {
    return merge(this.#counter, this.#writers.map(({ ring }) => ring), this.#check, most);
  }

  /** Reads until so many texts came in all, some at once. */
  async readUntil(total: number, { most = Infinity, pause = 0 } = {}): Promise<void> {
    while (this.count < total) {
      const count = this.read(most);
      for (let rounds = 0; rounds < pause; rounds++);
      if (count === most || this.count >= total) continue;
      const changes = this.#writers.map(({ ring }) => ring.reader.changed());
      await withPatience(Promise.race(changes), `a change after ${this.count} of ${total} texts`);
    }
  }

  readonly #check = (seq: number, text: string) => {
    this.#seq = (this.#seq + 1) | 0;
    assertEquals(seq, this.#seq >>> 0, "numbers come in order, without a gap");
    const worker = Number(/^\d+/.exec(text)?.[0]);
    const expected = textOf(worker, this.counts[worker]!++, this.#longest);
    if (text !== expected) assertEquals(text, expected); // It is slow.
  };
}
