import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TallyCounter } from "../../src/logging/outcome.ts";
import { threadSequence } from "../../src/logging/realm.ts";
import type { LogRecord } from "../../src/logging/record.ts";
import type { Recipient, RunInContext } from "../../src/relay/collected_worker.ts";
import { Collector } from "../../src/relay/collector.ts";
import { checkRelayOptions, type RelayOptions } from "../../src/relay/relay_options.ts";
import { WorkerLink } from "../../src/relay/worker_link.ts";
import { transferOf } from "../../src/relay/worker_sink.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import type { Order } from "./sink_worker.ts";

/** A worker that sends records, and what arrives of them. */
class Sender implements Recipient {
  readonly tally = new TallyCounter();
  enter: RunInContext = (fn) => fn();
  readonly records: LogRecord[] = [];
  readonly losses: number[] = [];
  readonly link: WorkerLink;
  readonly sent = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  readonly #name: string;

  constructor(collector: Collector, name: string, options: RelayOptions = {}) {
    this.#name = name;
    this.#worker = new Worker(new URL("./sink_worker.ts", import.meta.url), { type: "module" });
    this.link = new WorkerLink(threadSequence().memory, checkRelayOptions(options));
    collector.add(this.link, this);
  }

  receive(record: LogRecord): "written" {
    this.records.push(record);
    return "written";
  }

  onDropped(count: number): void {
    this.losses.push(count);
  }

  /** Resolves with what became of the records on the worker's side. */
  send(lengths: readonly number[]): Promise<string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    this.#worker.onmessage = ({ data }) => resolve(data);
    this.#worker.onerror = (event) => reject(new Error(event.message));
    const order: Order = { end: this.link.end, name: this.#name, lengths, sent: this.sent };
    this.#worker.postMessage(order, transferOf(this.link.end));
    return promise;
  }

  async end(collector: Collector): Promise<void> {
    this.#worker.terminate();
    await collector.end(this.link);
  }
}

/** The numbers that the messages begin with. */
function indexes(records: readonly LogRecord[]): number[] {
  return records.map(({ msg }) => Number.parseInt(msg));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

Deno.test("Collector hands on the records of all workers in one sequence, each once", async () => {
  const collector = Collector.of(threadSequence());
  const all: LogRecord[] = [];
  const senders = ["a", "b", "c"].map((name) => new Sender(collector, name));
  for (const sender of senders) {
    sender.receive = (record) => {
      all.push(record);
      return "written";
    };
  }
  const first = threadSequence().next() + 1;
  await Promise.all(senders.map((sender) => sender.send(new Array(2000).fill(10))));
  for (const sender of senders) await collector.settle(sender.link);
  assertEquals(all.map(({ seq }) => seq), upTo(6000).map((index) => first + index));
  for (const name of ["a", "b", "c"]) {
    assertEquals(indexes(all.filter(({ processName }) => processName === name)), upTo(2000));
  }
  assertEquals(senders.map(({ tally }) => tally.written), [2000, 2000, 2000]);
  await Promise.all(senders.map((sender) => sender.end(collector)));
});

Deno.test("Collector keeps the order where records are longer than the ring", async () => {
  const collector = Collector.of(threadSequence());
  const sender = new Sender(collector, "a", { ringBytes: 1024 });
  const lengths = upTo(200).map((index) => index % 7 === 0 ? 5000 : 10);
  await sender.send(lengths);
  await collector.settle(sender.link);
  assertEquals(indexes(sender.records), upTo(200));
  assertEquals(sender.records.map(({ msg }) => msg.length - msg.indexOf(" ") - 1), lengths);
  await sender.end(collector);
});

Deno.test("Collector handles records while the worker does not yield and this thread waits", async () => {
  const collector = Collector.of(threadSequence());
  const sender = new Sender(collector, "a");
  const sending = sender.send(new Array(100).fill(10));
  // This thread yields only between its looks at what the worker has sent.
  while (Atomics.load(sender.sent, 0) < 100) await new Promise((resolve) => setTimeout(resolve, 0));
  collector.drain();
  assertEquals(indexes(sender.records), upTo(100));
  await sending;
  await sender.end(collector);
});

Deno.test("Collector counts and tells what found no room while this thread was blocked", async () => {
  const collector = Collector.of(threadSequence());
  const options = { ringBytes: 1024, maxWait: 20, maxSpillLength: 2000 };
  const sender = new Sender(collector, "a", options);
  const sending = sender.send(new Array(500).fill(10));
  // Blocked, as far as records go, until the worker has sent all of them.
  for (let sent = 0; sent < 500; sent = Atomics.load(sender.sent, 0)) {
    Atomics.wait(sender.sent, 0, sent, 1000);
  }
  const outcomes = await sending;
  await collector.settle(sender.link);
  const kept = outcomes.flatMap((outcome, index) => outcome === "relayed" ? [index] : []);
  assert(kept.length < 500);
  assertEquals(indexes(sender.records), kept);
  assertEquals(sender.losses, [500 - kept.length]);
  const { emitted, written, dropped } = sender.tally;
  assertEquals({ emitted, written, dropped }, {
    ...{ emitted: 500, written: kept.length, dropped: 500 - kept.length },
  });
  await sender.end(collector);
});

Deno.test("Collector.end() handles what a terminated worker has sent, and lets go of it", async () => {
  const collector = Collector.of(threadSequence());
  const alive = setInterval(() => {}, 1000); // The end of a worker keeps no program alive.
  for (let round = 0; round < 20; round++) {
    const sender = new Sender(collector, "a");
    sender.send(new Array(3000).fill(10)).catch(() => {});
    const wanted = 1 + round * 37;
    while (Atomics.load(sender.sent, 0) < wanted) await new Promise((r) => setTimeout(r, 0));
    await sender.end(collector);
    await sender.link.ended; // It goes on until its loop is done.
    await collector.end(sender.link);
    assertEquals(indexes(sender.records), upTo(Atomics.load(sender.sent, 0)));
  }
  clearInterval(alive);
});

Deno.test("Collector goes on where a record can't be handled", async () => {
  const collector = Collector.of(threadSequence());
  const sender = new Sender(collector, "a");
  let calls = 0;
  sender.receive = () => {
    if (++calls === 2) throw new Error("no");
    return "written";
  };
  const stderr = await captureStderr(async () => {
    await sender.send([1, 1, 1]);
    await collector.settle(sender.link);
  });
  assertStringIncludes(stderr, "A record of a worker could not be handled");
  const { emitted, written, dropped } = sender.tally;
  assertEquals({ emitted, written, dropped }, { emitted: 3, written: 2, dropped: 1 });
  await sender.end(collector);
});

Deno.test("Collector goes on by itself with what took longer than its turn", async () => {
  const collector = Collector.of(threadSequence());
  const sender = new Sender(collector, "a");
  const { promise, resolve } = Promise.withResolvers<void>();
  sender.receive = (record) => {
    for (const end = performance.now() + 0.2; performance.now() < end;); // A handler that is slow.
    if (sender.records.push(record) === 500) resolve();
    return "written";
  };
  await sender.send(new Array(500).fill(10)); // And logs nothing more, which would wake it.
  await promise;
  await sender.end(collector);
});

Deno.test("Collector goes on with other workers where the memory of one is damaged", async () => {
  const collector = Collector.of(threadSequence());
  const [broken, good] = [new Sender(collector, "a"), new Sender(collector, "b")];
  await broken.send([1, 1]);
  await collector.settle(broken.link);
  const stderr = await captureStderr(async () => {
    new Int32Array(broken.link.end.ring)[0] = 3; // The position behind the last frame.
    await good.send([1, 1, 1]);
    await collector.settle(good.link);
    await broken.end(collector);
  });
  assertStringIncludes(stderr, "The records of a worker can't be read any more");
  assertEquals(stderr.match(/Logging error/g)?.length, 1);
  assertEquals([broken.records.length, good.records.length], [2, 3]);
  await good.end(collector);
});
