import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  getLogger,
  Handler,
  type LogRecord,
  withCleanRootLogger,
  withContext,
} from "@paralog/paralog/logging";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import {
  addRecordSource,
  currentRealm,
  flushAll,
  threadSequence,
} from "../../../src/logging/realm.ts";
import { Sequence } from "../../../src/logging/realm/sequence.ts";
import { ThreadOrigin } from "../../../src/logging/realm/thread_origin.ts";
import { recordOf } from "../../support/records.ts";
import { linesOf, runDeno } from "../../support/run_deno.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

/** What a worker does to take a number. */
function draw(sequence: Sequence): number {
  return Atomics.add(new Int32Array(sequence.memory), 0, 1) + 1;
}

Deno.test("Sequence counts from 1, together with who draws from its memory", () => {
  const sequence = new Sequence();
  assertEquals([sequence.next(), sequence.next()], [1, 2]);
  assertEquals([draw(sequence), draw(sequence)], [3, 4]);
  assertEquals(sequence.next(), 5);
});

Deno.test("Sequence goes on beyond 32 bits", () => {
  const sequence = new Sequence();
  const word = new Uint32Array(sequence.memory);
  const numbers: number[] = [];
  for (let round = 1; round <= 3; round++) {
    word[0] = 2 ** 32 - 2; // So many were drawn by workers.
    for (let n = 0; n < 3; n++) numbers.push(sequence.next());
  }
  const turn = 2 ** 32;
  assertEquals(
    numbers,
    [1, 2, 3].flatMap((round) => [round * turn - 1, round * turn, round * turn + 1]),
  );
});

Deno.test("Sequence.unwrap() finds the whole number that a worker drew, before and after the turn", () => {
  const sequence = new Sequence();
  const word = new Uint32Array(sequence.memory);
  const turn = 2 ** 32;
  word[0] = turn - 3;
  assertEquals(sequence.next(), turn - 2);
  const drawn = [draw(sequence), draw(sequence), draw(sequence)];
  assertEquals(drawn.map((low) => sequence.unwrap(low)), [turn - 1, turn, turn + 1]);
  assertEquals(sequence.unwrap(drawn[0] ?? 0), turn - 1, "one that comes late");
  assertEquals(sequence.unwrap((drawn[0] ?? 0) >>> 0), turn - 1, "without a sign");
  assertEquals(sequence.next(), turn + 2);
});

Deno.test("Sequence.unwrap() follows workers where nothing is logged for very long", () => {
  const sequence = new Sequence();
  const word = new Uint32Array(sequence.memory);
  const quarter = 2 ** 30;
  for (let n = 1; n <= 9; n++) {
    word[0] = n * quarter;
    assertEquals(sequence.unwrap(Atomics.load(word, 0)), n * quarter);
  }
  assertEquals(sequence.next(), 9 * quarter + 1);
});

Deno.test("Sequence.addSource() brings records before each number, until it is disposed", () => {
  const sequence = new Sequence();
  const events: unknown[] = [];
  const first = sequence.addSource(() => events.push("first", sequence.unwrap(draw(sequence))));
  const second = sequence.addSource(() => events.push("second"));
  events.push(sequence.next());
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  events.push(sequence.next());
  second[Symbol.dispose]();
  events.push(sequence.next());
  assertEquals(events, ["first", 1, "second", 2, "second", 3, 4]);
});

Deno.test("Sequence.next() has records handled that got a lower number meanwhile", () => {
  const sequence = new Sequence();
  const events: unknown[] = [];
  const drawn: number[] = [];
  using _ = sequence.addSource((before) => {
    events.push(before ?? "all", ...drawn.splice(0).map((word) => sequence.unwrap(word)));
    if (before === undefined) drawn.push(draw(sequence)); // A worker, right after the look.
  });
  events.push(sequence.next());
  assertEquals(events, ["all", 2, 1, 2]);
});

Deno.test("Sequence.addSource() asks a source for records only when it may have any", () => {
  const sequence = new Sequence();
  let waiting = 0;
  const events: unknown[] = [];
  using _ = sequence.addSource(() => {
    events.push(`${waiting} waited`);
    waiting = 0;
  }, () => waiting > 0);
  for (const count of [0, 2, 0]) {
    waiting = count;
    events.push(sequence.next());
  }
  assertEquals(events, [1, "2 waited", 2, 3]);
});

Deno.test("Sequence.collect() does not call a source that it is called by", () => {
  const sequence = new Sequence();
  const numbers: number[] = [];
  using _ = sequence.addSource(() => {
    sequence.collect();
    numbers.push(sequence.next()); // A handler that logs while it handles what was collected.
  });
  numbers.push(sequence.next());
  assertEquals(numbers, [1, 2]);
});

Deno.test("Sequence reports a source that throws, and goes on", async () => {
  const sequence = new Sequence();
  let called = 0;
  using _failing = sequence.addSource(() => {
    throw new RangeError("nothing to be had");
  });
  using _good = sequence.addSource(() => called++);
  const numbers: number[] = [];
  const text = await captureStderr(() => {
    for (let n = 0; n < 12; n++) numbers.push(sequence.next());
  });
  assertEquals([numbers.length, numbers.at(-1), called], [12, 12, 12]);
  assertStringIncludes(text, "Records of workers could not be collected: RangeError: nothing to");
  assertStringIncludes(text, "could not be collected 10 times: RangeError");
  assertEquals(text.match(/Logging error/g)?.length, 2);
});

Deno.test("ThreadOrigin takes its numbers from its sequence", () => {
  const sequence = new Sequence();
  const origin = new ThreadOrigin("Worker-7", sequence);
  assertEquals([origin.nextSeq(), sequence.next(), origin.nextSeq()], [1, 2, 3]);
  assertEquals(new ThreadOrigin("MainProcess").nextSeq(), 1);
});

/** A source that has records; each is handled once. */
function addRecords(...messages: string[]): Disposable {
  const realm = currentRealm();
  const sequence = threadSequence();
  return addRecordSource(() => {
    for (const msg of messages.splice(0)) {
      const seq = sequence.unwrap(draw(sequence));
      realm.receive(recordOf(msg, { name: "worker", seq, time: realm.origin.now() }));
    }
  });
}

test("addRecordSource() brings records before the next one that is logged, by number and time", () => {
  const list = new ListHandler();
  getLogger().addHandler(list);
  const start = threadSequence().next();
  using _ = addRecords("of a worker", "of another");
  getLogger("a").warn("later");
  assertEquals(list.lines, ["of a worker", "of another", "later"]);
  assertEquals(list.records.map(({ seq }) => seq - start), [1, 2, 3]);
  const times = list.records.map(({ time }) => time);
  assertEquals(times.toSorted((a, b) => a - b), times);
});

test("addRecordSource() brings no record while a handler is at work: it would come between", () => {
  const lines: string[] = [];
  const messages: string[] = [];
  const realm = currentRealm();
  class Telling extends Handler {
    override emit(record: LogRecord): void {
      lines.push(`begin ${record.msg}`);
      if (record.msg === "outer") {
        messages.push("of a worker");
        getLogger("nested").warn("nested");
      }
      lines.push(`end ${record.msg}`);
    }
  }
  getLogger().addHandler(new Telling());
  using _ = addRecordSource(() =>
    messages.splice(0).forEach((msg) => realm.receive(recordOf(msg)))
  );
  getLogger().warn("outer");
  assertEquals(lines, ["begin outer", "begin nested", "end nested", "end outer"]);
  lines.length = 0;
  getLogger().warn("next");
  assertEquals(lines[0], "begin of a worker");
});

/** Logs another record for each that it gets, three deep: no loop yet. */
class TellingHandler extends Handler {
  override emit(record: LogRecord): void {
    if (record.msg.length < 3) getLogger("told").warn(`${record.msg}!`);
  }
}

test("a collected record is handled in the realm and the context where the source was added", async () => {
  const list = new ListHandler();
  getLogger().addHandler(list);
  getLogger("worker").addHandler(new TellingHandler());
  using _ = withContext({ requestId: 1 }, () => addRecords("w"));
  await withCleanRootLogger(() => {
    getLogger().addHandler(new ListHandler());
    withContext({ requestId: 2 }, () => getLogger().warn("elsewhere"));
  });
  assertEquals(list.lines, ["w!", "w"]);
  assertEquals(list.records[0]?.extra, { requestId: 1 });
});

test("a record that is collected within a handler is not nested in the one that is handled", () => {
  const list = new ListHandler();
  getLogger().addHandler(list);
  getLogger("worker").addHandler(new TellingHandler());
  getLogger("told").addHandler(new TellingHandler());
  const messages: string[] = [];
  const realm = currentRealm();
  using _ = addRecordSource(() => {
    for (const msg of messages.splice(0)) realm.receive(recordOf(msg, { name: "worker" }));
  });
  const flushing = new ListHandler();
  flushing.emit = () => {
    messages.push("w");
    flushAll();
  };
  getLogger("flushing").addHandler(flushing);
  getLogger("flushing").propagate = false;
  getLogger("flushing").warn("now");
  assertEquals(list.lines, ["w!!", "w!", "w"]);
});

test("what a source has is handled before a realm ends and its handlers are closed", async () => {
  const list = new ListHandler();
  const closed: number[] = [];
  list.close = () => void closed.push(list.records.length);
  let source: Disposable | undefined;
  await withCleanRootLogger(() => {
    getLogger().addHandler(list);
    source = addRecords("last");
  });
  source?.[Symbol.dispose]();
  assertEquals([list.lines, closed], [["last"], [1]]);
});

Deno.test("what a source has is handled when the program ends, however it ends", async () => {
  for (const how of ["end", "exit", "error", "rejection", "flush", "shutdown", "signals"]) {
    const args = ["run", "--allow-all", "tests/programs/record_source.ts", how];
    const { stdout, stderr } = await runDeno(args);
    assertEquals(linesOf(stdout), ["collected", "flushed"], `${how}: ${stderr}`);
  }
});

Deno.test("what a source has reaches the last resort when a program without handlers ends", async () => {
  for (const how of ["end", "exit", "error", "rejection"]) {
    const args = ["run", "--allow-all", "tests/programs/record_source.ts", how, "no handlers"];
    const { stderr } = await runDeno(args);
    assertEquals(linesOf(stderr)[0], "collected", how);
  }
});
