import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import {
  Delivery,
  type DeliveryOptions,
  type Peer,
} from "../../../src/logging/delivery/delivery.ts";
import { SendError, UndeliveredError } from "../../../src/logging/delivery/delivery_error.ts";
import { recordOf } from "../../support/records.ts";

/** A peer that the test switches off and on. */
class SwitchedPeer implements Peer<string> {
  readonly name = "the peer";
  readonly batchSize: number = 3;
  readonly received: string[] = [];
  readonly batches: number[] = [];
  readonly reports: string[] = [];
  readonly attempts: PromiseWithResolvers<void>[] = [Promise.withResolvers()];
  disconnects = 0;
  answer: (items: readonly string[], signal: AbortSignal) => Promise<void> | void = () => {};

  pack(record: LogRecord): string {
    if (record.msg === "unpackable") throw new Error("cannot be packed");
    return record.msg;
  }

  async send(items: readonly string[], signal: AbortSignal): Promise<void> {
    this.batches.push(items.length);
    this.attempts.at(-1)?.resolve();
    this.attempts.push(Promise.withResolvers());
    await this.answer(items, signal);
    this.received.push(...items);
  }

  disconnect(): void {
    this.disconnects++;
  }

  report(_record: LogRecord, error: unknown): void {
    this.reports.push(error instanceof Error ? error.message : String(error));
  }

  /** Waits for an attempt to send, counted from 1. */
  async attempt(number: number): Promise<void> {
    const alive = setInterval(() => {}, 1000); // The delivery's own timers keep nothing alive.
    for (let index = 0; index < number; index++) await this.attempts[index]?.promise;
    clearInterval(alive);
  }
}

function down(): never {
  throw new Error("nobody there");
}

function deliver(options: DeliveryOptions = {}): [Delivery<string>, SwitchedPeer] {
  const peer = new SwitchedPeer();
  return [new Delivery(peer, { minDelay: 1, maxDelay: 4, flushTimeout: 50, ...options }), peer];
}

function pushAll(delivery: Delivery<string>, count: number, from = 1): void {
  for (let n = from; n < from + count; n++) delivery.push(recordOf(String(n), { seq: n }));
}

Deno.test("Delivery sends in order and in batches", async () => {
  const [delivery, peer] = deliver();
  pushAll(delivery, 7);
  await delivery.flush();
  assertEquals([peer.received, peer.batches], [["1", "2", "3", "4", "5", "6", "7"], [3, 3, 1]]);
  await delivery.close();
  assertEquals([delivery.dropped, peer.reports, peer.disconnects], [0, [], 1]);
});

Deno.test("Delivery sends again what could not be sent, in the same order, and reports it once", async () => {
  const [delivery, peer] = deliver({ flushTimeout: 5000 });
  peer.answer = down;
  pushAll(delivery, 2);
  await peer.attempt(3);
  pushAll(delivery, 3, 3);
  peer.answer = () => {};
  await delivery.flush();
  assertEquals(peer.received, ["1", "2", "3", "4", "5"]);
  assertEquals(peer.reports, [
    "cannot send to the peer, 2 records will be sent later: Error: nobody there",
  ]);
});

Deno.test("Delivery sends only those again that were not sent", async () => {
  const [delivery, peer] = deliver();
  const batches: string[][] = [];
  peer.answer = (items) => {
    batches.push([...items]);
    if (batches.length === 1) throw new SendError("lost", { delivered: 2 });
  };
  pushAll(delivery, 4);
  await delivery.flush();
  assertEquals(batches, [["1", "2", "3"], ["3"], ["4"]]);
  assertEquals(delivery.dropped, 0);
});

Deno.test("Delivery gives up what the peer refuses, and says so", async () => {
  const [delivery, peer] = deliver();
  peer.answer = (items) => {
    const bad = items.indexOf("2");
    if (bad >= 0) throw new SendError("not that one", { delivered: bad, refused: 1 });
  };
  pushAll(delivery, 4);
  await delivery.flush();
  assertEquals(peer.received, ["3", "4"]); // The first went with the batch that was refused.
  assertEquals(peer.reports, ["the peer refused 1 record: SendError: not that one"]);
  assertEquals(delivery.dropped, 1);
});

Deno.test("Delivery drops the oldest when too many wait, and tells the peer where they are missing", async () => {
  const [delivery, peer] = deliver({ capacity: 4, flushTimeout: 5000 });
  peer.answer = down;
  pushAll(delivery, 3);
  await peer.attempt(2);
  pushAll(delivery, 16, 4); // 4 to 15 are dropped.
  peer.answer = () => {};
  await delivery.flush();
  assertEquals(peer.received, [
    ...["1", "2", "3"],
    "12 records were lost while the peer could not be reached",
    ...["16", "17", "18", "19"],
  ]);
  assertEquals(delivery.dropped, 12);
  assertEquals(peer.reports.slice(1), [
    "1 record was lost while the peer could not be reached, the newest 4 wait: Error: nobody there",
    "10 records were lost while the peer could not be reached, the newest 4 wait: Error: nobody there",
  ]);
});

Deno.test("Delivery says that a peer was too slow when it was there", async () => {
  const [delivery, peer] = deliver({ capacity: 2 });
  pushAll(delivery, 3); // All in one go: there was no time to send.
  await delivery.flush();
  assertEquals(peer.received, ["1 record was lost while the peer was too slow", "2", "3"]);
});

Deno.test("Delivery takes what it was given when it was logged", () => {
  const [delivery] = deliver();
  assertThrows(() => delivery.push(recordOf("unpackable")), Error, "cannot be packed");
});

Deno.test("Delivery: flush() and close() return in time, close() counts and gives up", async () => {
  const [delivery, peer] = deliver();
  peer.answer = (_items, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  pushAll(delivery, 5);
  await delivery.flush();
  assertEquals([delivery.dropped, peer.reports], [0, []]);
  await delivery.close();
  assertEquals(delivery.dropped, 5);
  assertEquals(peer.reports, ["5 records not delivered to the peer when the handler was closed"]);
  await delivery.close();

  peer.answer = () => {};
  pushAll(delivery, 1, 6);
  await delivery.close();
  assertEquals([peer.received, delivery.dropped], [["6"], 5]);
});

Deno.test("Delivery ends an attempt that takes too long, and tries again", async () => {
  const [delivery, peer] = deliver({ timeout: 5, flushTimeout: 5000 });
  peer.answer = (_items, signal) =>
    peer.batches.length > 1
      ? undefined
      : new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  pushAll(delivery, 1);
  await delivery.flush();
  assertEquals(peer.received, ["1"]);
  assertEquals(peer.reports, [
    "cannot send to the peer, 1 record will be sent later: Error: no success within 5 ms",
  ]);
});

Deno.test("Delivery: flush() waits for what was pushed before, not for what comes after", async () => {
  const [delivery, peer] = deliver({ flushTimeout: 5000 });
  let next = 100;
  peer.answer = () => {
    if (next < 200) pushAll(delivery, 1, next++); // There is always one more.
  };
  pushAll(delivery, 3);
  await delivery.flush();
  assertEquals(peer.received.slice(0, 3), ["1", "2", "3"]);
  assertEquals(peer.received.length < 100, true);
  await delivery.close();
  await delivery.flush();
});

Deno.test("Delivery goes on when reporting fails", async () => {
  const [delivery, peer] = deliver({ flushTimeout: 5000 });
  const { writeSync } = Deno.stderr;
  let shown = "";
  Deno.stderr.writeSync = (bytes) => {
    shown += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    peer.report = () => {
      throw new Error("no handleError");
    };
    peer.answer = () => peer.batches.length > 1 ? undefined : down();
    pushAll(delivery, 1);
    await delivery.flush();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  assertEquals(peer.received, ["1"]);
  assertEquals(shown.includes("handleError itself failed: Error: no handleError"), true);
});

Deno.test("Delivery refuses numbers that make no sense", () => {
  const bad: DeliveryOptions[] = [
    { capacity: 0 },
    { timeout: 0.5 },
    { flushTimeout: -1 },
    { minDelay: 0 },
    { minDelay: 10, maxDelay: 5 },
  ];
  for (const options of bad) {
    assertThrows(() => new Delivery(new SwitchedPeer(), options), RangeError, "Cannot");
  }
});

Deno.test("UndeliveredError has the number of lost records and the reason", () => {
  const cause = new Error("why");
  const error = new UndeliveredError("3 records lost", { lost: 3, cause });
  assertEquals([error.lost, error.cause, error.message], [3, cause, "3 records lost: Error: why"]);
});
