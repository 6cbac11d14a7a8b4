import { assertEquals, assertThrows } from "@std/assert";
import type { LogRecord } from "@paralog/paralog/logging";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import {
  type RecordConsumer,
  RecordQueue,
  type RecordQueueOptions,
} from "../../../src/logging/queues/record_queue.ts";
import { recordOf } from "../../support/records.ts";

let seq = 0;
const record = (msg: string, level = 20) => recordOf(msg, { level, seq: ++seq });

/** Takes everything out. */
function takeAll(queue: RecordQueue): LogRecord[] {
  const taken: LogRecord[] = [];
  for (let next; (next = queue.takeNow());) taken.push(next);
  return taken;
}

const messages = (records: readonly LogRecord[]) => records.map(({ msg }) => msg);

/** Keeps what the queue hands over. */
function consumerOf(consumed: LogRecord[], onEach?: (record: LogRecord) => void): RecordConsumer {
  return {
    consume: (record) => {
      consumed.push(record);
      onEach?.(record);
    },
    onSentinel: () => {},
    flush: () => {},
  };
}

function fill(options: RecordQueueOptions, levels: readonly number[]): RecordQueue {
  const queue = new RecordQueue(options);
  for (const [index, level] of levels.entries()) queue.put(record(`${index}:${level}`, level));
  return queue;
}

Deno.test("RecordQueue gives records in the order they were put, however many", () => {
  const queue = new RecordQueue();
  const expected: string[] = [];
  const given: string[] = [];
  for (let round = 0; round < 50; round++) {
    for (let n = 0; n < 100; n++) {
      expected.push(`${round}.${n}`);
      queue.put(record(`${round}.${n}`));
    }
    for (let n = 0; n < 70; n++) given.push(queue.takeNow()?.msg ?? "none");
  }
  assertEquals(queue.size, 1500);
  given.push(...messages(takeAll(queue)));
  assertEquals(given, expected);
  assertEquals([queue.size, queue.dropped, queue.takeNow()], [0, 0, undefined]);
});

Deno.test("RecordQueue.get() waits for a record, ends at a sentinel and on a signal", async () => {
  const queue = new RecordQueue();
  const waiting = [queue.get(), queue.get()];
  queue.put(record("one"));
  queue.put(record("two"));
  queue.put(record("three"));
  queue.putSentinel();
  queue.put(record("four"));
  assertEquals((await Promise.all(waiting)).map((record) => record?.msg), ["one", "two"]);
  const rest = [await queue.get(), await queue.get(), await queue.get()];
  assertEquals(rest.map((record) => record?.msg), ["three", undefined, "four"]);
  const abort = new AbortController();
  const ended = queue.get(abort.signal);
  abort.abort();
  assertEquals(await ended, undefined);
  queue.put(record("five"));
  assertEquals((await queue.get(AbortSignal.abort()))?.msg, undefined);
  assertEquals((await queue.get())?.msg, "five");
});

Deno.test("RecordQueue drops the oldest, and tells of it before the next record", () => {
  const queue = fill({ maxSize: 3, policy: "dropOldest" }, [10, 20, 30, 40, 50]);
  assertEquals([queue.size, queue.dropped], [3, 2]);
  const [report, ...kept] = takeAll(queue);
  assertEquals(messages(kept), ["2:30", "3:40", "4:50"]);
  assertEquals(report?.msg, "2 records were dropped: the queue of 3 was full (dropOldest)");
  assertEquals([report?.name, report?.level, report?.levelName], ["paralog.queue", 30, "WARN"]);
  assertEquals(report?.extra, { dropped: 2, policy: "dropOldest", maxSize: 3 });
  assertEquals([report?.seq, report?.process], [kept[0]!.seq - 1, kept[0]?.process]);
  assertEquals(takeAll(queue), []);
});

Deno.test("RecordQueue drops the newest, each once in one report", () => {
  const queue = fill({ maxSize: 2, policy: "dropNewest" }, [10, 20, 30]);
  assertEquals(messages(takeAll(queue)), [
    ...["0:10", "1:20"],
    "1 record was dropped: the queue of 2 was full (dropNewest)",
  ]);
  for (let n = 0; n < 1002; n++) queue.put(record(`${n}`));
  assertEquals(queue.dropped, 1001);
  assertEquals(takeAll(queue).at(-1)?.extra?.dropped, 1000);
});

Deno.test("RecordQueue tells of drops where the gaps are, and as highly as the highest", () => {
  for (const policy of ["dropNewest", "block"] as const) {
    const queue = fill({ maxSize: 2, policy }, [20, 20, 40, 50, 10]);
    const first = queue.takeNow();
    queue.put(record("between", 20));
    queue.put(record("lost", 10));
    const taken = [first, ...takeAll(queue)];
    assertEquals(taken.map((record) => record?.extra?.dropped ?? record?.msg), [
      ...["0:20", "1:20", 3, "between", 1],
    ]);
    const numbers = taken.map((record) => record?.seq ?? 0);
    assertEquals(numbers, numbers.toSorted((one, other) => one - other));
    assertEquals(taken.map((record) => record?.level), [20, 20, 50, 20, 30]);
    assertEquals(taken[2]?.levelName, "CRITICAL");
  }
  const below = fill({ maxSize: 2, policy: "dropBelow" }, [40, 10, 40, 40]);
  assertEquals(takeAll(below).map(({ extra, msg }) => extra?.dropped ?? msg), [
    "0:40",
    1,
    "2:40",
    1,
  ]);
});

Deno.test("RecordQueue handles one record after the other when that takes time", async () => {
  const queue = new RecordQueue({ maxSize: 3, policy: "dropOldest" });
  const consumed: string[] = [];
  let atOnce = 0;
  queue.attach({
    ...consumerOf([]),
    consume: async ({ msg }) => {
      atOnce++;
      await Promise.resolve();
      assertEquals(atOnce--, 1);
      consumed.push(msg);
    },
  });
  queue.put(record("0"));
  queue.drain();
  for (let n = 1; n < 6; n++) queue.put(record(`${n}`));
  assertEquals([queue.size, queue.dropped, queue.isDraining], [3, 2, true]);
  await queue.drain();
  assertEquals(consumed.map((msg) => msg.slice(0, 5)), ["0", "2 rec", "3", "4", "5"]);
  assertEquals(queue.isDraining, false);
});

Deno.test("RecordQueue that blocks loses nothing while handling takes time", async () => {
  const queue = new RecordQueue({ maxSize: 1 });
  const consumed: LogRecord[] = [];
  queue.attach({
    ...consumerOf([]),
    consume: async (record) => {
      await Promise.resolve();
      consumed.push(record);
    },
  });
  for (const msg of ["a", "b", "c", "d"]) queue.put(record(msg));
  await queue.drain();
  assertEquals([messages(consumed), queue.dropped], [["a", "b", "c", "d"], 0]);
});

Deno.test("RecordQueue takes a second copy of a record that has been handled", async () => {
  const queue = new RecordQueue();
  const consumed: LogRecord[] = [];
  queue.attach(consumerOf(consumed));
  const one = record("one");
  const text = await captureStderr(() => {
    queue.put(one);
    queue.drain();
    queue.put({ ...one });
    queue.drain();
  });
  assertEquals([messages(consumed), text], [["one", "one"], ""]);
});

Deno.test("RecordQueue refuses what is being handled, also when that takes time", async () => {
  const queue = new RecordQueue();
  let handled = 0;
  queue.attach({
    ...consumerOf([]),
    consume: async (record) => {
      handled++;
      await Promise.resolve();
      queue.put({ ...record });
    },
  });
  const text = await captureStderr(async () => {
    queue.put(record("one"));
    await queue.drain();
  });
  assertEquals(handled, 1);
  assertEquals(text.includes("it came out of this very queue"), true);
});

Deno.test("RecordQueue drops below a level, the oldest first, and keeps the others", () => {
  const queue = fill(
    { maxSize: 3, policy: "dropBelow", dropLevel: "WARN" },
    [40, 10, 20, 30, 10, 50, 20],
  );
  const taken = takeAll(queue);
  const shown = taken.map(({ extra, msg }) => extra?.dropped ?? msg);
  assertEquals(shown, ["0:40", 2, "3:30", 1, "5:50", 1]);
  assertEquals(taken[1]?.extra, { dropped: 2, policy: "dropBelow", maxSize: 3 });
  // Of those at the level none is dropped for another: without a listener the new one is.
  const full = fill({ maxSize: 2, policy: "dropBelow", dropLevel: 30 }, [30, 40, 50]);
  assertEquals(messages(takeAll(full)).slice(0, 2), ["0:30", "1:40"]);
});

Deno.test("RecordQueue that blocks hands the oldest to its listener, and loses nothing", () => {
  for (const policy of ["block", "dropBelow"] as const) {
    const queue = new RecordQueue({ maxSize: 2, policy, dropLevel: 10 });
    const consumed: LogRecord[] = [];
    queue.attach(consumerOf(consumed));
    for (const msg of ["a", "b", "c", "d"]) queue.put(record(msg));
    assertEquals([messages(consumed), queue.size, queue.dropped], [["a", "b"], 2, 0]);
    queue.drain();
    assertEquals(messages(consumed), ["a", "b", "c", "d"]);
  }
});

Deno.test("RecordQueue that blocks counts what it drops while no listener is started", () => {
  const queue = fill({ maxSize: 1 }, [10, 20, 30]);
  assertEquals([queue.size, queue.dropped], [1, 2]);
  const consumed: LogRecord[] = [];
  queue.attach(consumerOf(consumed));
  queue.drain();
  assertEquals(messages(consumed), [
    "0:10",
    "2 records were dropped: the queue of 1 was full (block)",
  ]);
});

Deno.test("RecordQueue keeps the order when handling a record logs another", () => {
  const queue = new RecordQueue({ maxSize: 2 });
  const consumed: LogRecord[] = [];
  queue.attach(consumerOf(consumed, ({ msg }) => {
    if (msg.length < 3) queue.put(record(`${msg}'`));
    queue.drain();
  }));
  // When "c" is put, there is no room until "a" and "b", and what they log, have been handled.
  for (const msg of ["a", "b", "c"]) queue.put(record(msg));
  queue.drain();
  assertEquals(messages(consumed), ["a", "b", "a'", "b'", "a''", "b''", "c", "c'", "c''"]);
});

Deno.test("RecordQueue takes no record that came out of it, nor a copy", async () => {
  const queue = new RecordQueue();
  queue.put(record("one"));
  const one = queue.takeNow()!;
  const text = await captureStderr(() => {
    queue.put(one);
    queue.put({ ...one, msg: "changed by a filter" });
  });
  assertEquals(queue.size, 0);
  assertEquals(text.match(/A queue refused a record: it came out of this very queue/g)?.length, 1);
  queue.put(record("two"));
  assertEquals(queue.takeNow()?.msg, "two");
});

Deno.test("RecordQueue ends a chain of records that log each other", async () => {
  const queue = new RecordQueue();
  const consumed: LogRecord[] = [];
  queue.attach(consumerOf(consumed, ({ msg }) => queue.put(record(`${msg}!`))));
  const text = await captureStderr(() => {
    queue.put(record("a"));
    queue.drain();
  });
  assertEquals([consumed.length, queue.size], [11, 0]);
  assertEquals(text.includes("handling a record of this queue logs another, again"), true);
});

Deno.test("RecordQueue refuses options that are none", () => {
  const make = (options: unknown) => () => new RecordQueue(options as RecordQueueOptions);
  assertThrows(make({ maxSize: "9" }), TypeError, "current value of maxSize is 9 (string)");
  assertThrows(make({ maxSize: 1.5 }), RangeError, "current value of maxSize is 1.5");
  assertThrows(make({ policy: "wait" }), RangeError, "current value of policy is wait, allowed");
  assertThrows(make({ dropLevel: "LOUD" }), RangeError, '"LOUD"');
  const unknown =
    'Cannot make a queue: unknown option "maxsize", did you mean maxSize? Allowed are ' +
    "maxSize, policy, dropLevel";
  assertThrows(make({ maxsize: 3 }), TypeError, unknown);
  assertThrows(make(3), TypeError, "Cannot make a queue: current value of its options is 3");
  for (const maxSize of [undefined, 0, -1]) {
    assertEquals(new RecordQueue({ maxSize }).maxSize, Infinity);
  }
});
