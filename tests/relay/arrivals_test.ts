import { assertEquals, assertStringIncludes } from "@std/assert";
// deno-lint-ignore no-import-prefix -- pinned, for these tests alone
import fc from "npm:fast-check@4.10.2";
import { setImmediate } from "node:timers";
import { getLogger, type LogRecord, withCleanRootLogger } from "@paralog/paralog/logging";
import { threadSequence } from "../../src/logging/realm.ts";
import { type ArrivalLane, Arrivals, type ArrivalsOptions } from "../../src/relay/arrivals.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { recordOf } from "../support/records.ts";

/** Lanes that note what is handed on, as "worker:message". */
class Noted implements Disposable {
  readonly seen: string[] = [];
  readonly records: LogRecord[] = [];
  readonly arrivals: Arrivals;
  readonly lanes: ArrivalLane[];

  constructor(places: readonly number[], options: ArrivalsOptions = {}, onRecord = () => {}) {
    this.arrivals = new Arrivals(options);
    this.lanes = places.map((place) =>
      this.arrivals.open(place, (record) => {
        this.seen.push(`${place}:${record.msg}`);
        this.records.push(record);
        onRecord();
      })
    );
  }

  add(lane: number, msg: string, time: number): void {
    this.lanes[lane]?.add(recordOf(msg, { time }));
  }

  /** Waits until what has arrived is handed on. */
  async handedOn(): Promise<void> {
    await new Promise<void>((resolve) => this.lanes[0]?.afterwards(resolve));
  }

  [Symbol.dispose](): void {
    for (const lane of this.lanes) lane[Symbol.dispose]();
  }
}

Deno.test("what arrives in one turn is handed on by time, then by worker", async () => {
  using noted = new Noted([2, 1]);
  noted.add(0, "a", 10);
  noted.add(0, "b", 30);
  noted.add(1, "c", 5);
  noted.add(1, "d", 30);
  noted.add(1, "e", 20);
  assertEquals(noted.seen, []);
  await noted.handedOn();
  assertEquals(noted.seen, ["1:c", "2:a", "1:d", "1:e", "2:b"]);
});

Deno.test("records that come late wait until all pipes are read", async () => {
  using noted = new Noted([1, 2]);
  noted.add(0, "b", Date.now() - 1000);
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(noted.seen, []);
  noted.add(1, "a", Date.now() - 2000);
  await noted.handedOn();
  assertEquals(noted.seen, ["2:a", "1:b"]);
});

Deno.test("the records of a worker keep their order, whatever its clock does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 20 }))),
      async (records) => {
        using noted = new Noted([1, 2, 3, 4]);
        for (const [index, [lane, time]] of records.entries()) noted.add(lane, `${index}`, time);
        await noted.handedOn();
        for (const lane of [0, 1, 2, 3]) {
          assertEquals(
            noted.seen.filter((text) => text.startsWith(`${lane + 1}:`)),
            records.flatMap(([own], index) => own === lane ? [`${lane + 1}:${index}`] : []),
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("records get the next numbers of this thread's sequence", async () => {
  using noted = new Noted([1, 2]);
  const before = threadSequence().next();
  noted.add(0, "a", 2);
  noted.add(1, "b", 1);
  await noted.handedOn();
  assertEquals(noted.records.map(({ msg, seq }) => [msg, seq - before]), [["b", 1], ["a", 2]]);
});

Deno.test("what has arrived is handled before what is logged here next", () =>
  withCleanRootLogger(() => {
    const handler = new ListHandler();
    getLogger().addHandler(handler);
    const arrivals = new Arrivals();
    using lane = arrivals.open(1, (record) => handler.handle(record));
    lane.add(recordOf("from a process"));
    getLogger().warn("from here");
    assertEquals(handler.records.map(({ msg }) => msg), ["from a process", "from here"]);
    assertEquals((handler.records[1]?.seq ?? 0) - (handler.records[0]?.seq ?? 0), 1);
  }));

Deno.test("a handler that logs does not bring the next record into its own", () =>
  withCleanRootLogger(async () => {
    const noted: Noted = new Noted([1], {}, () => {
      noted.seen.push("begin");
      getLogger("nobody").debug("nothing");
      threadSequence().next();
      noted.seen.push("end");
    });
    using _ = noted;
    noted.add(0, "a", 1);
    noted.add(0, "b", 2);
    await noted.handedOn();
    assertEquals(noted.seen, ["1:a", "begin", "end", "1:b", "begin", "end"]);
  }));

Deno.test("a lane that is closed hands on what it has", () => {
  const noted = new Noted([1, 2]);
  noted.add(0, "a", 2);
  noted.add(1, "b", 1);
  noted.lanes[0]?.[Symbol.dispose]();
  assertEquals(noted.seen, ["2:b", "1:a"]);
  noted[Symbol.dispose]();
});

Deno.test("a record that can't be handled keeps no other back, and is reported", async () => {
  const stderr = await captureStderr(async () => {
    using noted = new Noted([1, 2], {}, () => {
      if (noted.seen.length === 1) throw new RangeError("not this one");
    });
    noted.add(0, "a", 1);
    noted.add(0, "b", 3);
    noted.add(1, "c", 2);
    await noted.handedOn();
    assertEquals(noted.seen, ["1:a", "2:c", "1:b"]);
  });
  assertStringIncludes(
    stderr,
    "A record of a worker could not be handled: RangeError: not this one",
  );
});

Deno.test("from one pipe nothing is waited for: what has no records before it is done at once", async () => {
  using noted = new Noted([1, 2], { isOnePipe: true });
  const [one, other] = noted.lanes;
  one?.afterwards(() => noted.seen.push("at once"));
  noted.add(0, "late", Date.now() - 1000);
  one?.afterwards(() => noted.seen.push("after late"));
  other?.afterwards(() => noted.seen.push("last"));
  assertEquals(noted.seen, ["at once"]);
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(noted.seen, ["at once", "1:late", "after late", "last"]);
});
