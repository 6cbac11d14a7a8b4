/** What is logged anywhere within a task is counted once, by the tally of the task. */

import { assertEquals, assertThrows } from "@std/assert";
import {
  cleanRootLogger,
  getLogger,
  Handler,
  type LogRecord,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { TallyCounter } from "../../../src/logging/outcome.ts";
import { currentRealm, type Realm, runInRealm } from "../../../src/logging/realm.ts";
import { TaskRealms } from "../../../src/logging/task_realms.ts";
import type { CallerRealm } from "../../../src/logging/realm/caller_realm.ts";
import { runDeno } from "../../support/run_deno.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

/** The realm of a task, and what counts its records. */
function makeTask(caller: CallerRealm = currentRealm(), run = "1"): [Realm, TallyCounter] {
  const tally = new TallyCounter();
  return [new TaskRealms(caller, tally).of({ index: 0, run, attempt: 1 }).alive(), tally];
}

function countsOf({ emitted, written, filtered, dropped }: TallyCounter): number[] {
  return [emitted, written, filtered, dropped];
}

test("a task's records are counted by what the caller made of them", async () => {
  const list = new ListHandler({ filters: [({ msg }) => msg !== "refused"] });
  getLogger().addHandler(list);
  const [realm, tally] = makeTask();
  await runInRealm(realm, async () => {
    const log = getLogger("task");
    log.warn("one");
    log.warn("refused");
    log.debug("not made at all: no level lets it pass");
    await Promise.resolve();
    log.setLevel("DEBUG");
    log.debug("made, and refused by the level of the caller");
  });
  assertEquals(countsOf(tally), [3, 1, 2, 0]);
  assertEquals(list.lines, ["one"]);
});

test("a task's records are counted with its own handlers and filters, also one that throws", () => {
  const [realm, tally] = makeTask();
  class FailingHandler extends Handler {
    override emit(): void {
      throw new RangeError("full");
    }
    override handleError(): void {}
  }
  runInRealm(realm, () => {
    getLogger("own").addHandler(new ListHandler());
    getLogger("own").warn("written");
    getLogger("failing").addHandler(new FailingHandler());
    getLogger("failing").warn("dropped");
    getLogger("own").addFilter(() => {
      throw new TypeError("a filter failed");
    });
    assertThrows(() => getLogger("own").warn("lost"), TypeError, "a filter failed");
  });
  assertEquals(countsOf(tally), [3, 1, 0, 2]);
});

test("a clean root within a task is counted by the task's tally, once", async () => {
  const outer = new ListHandler();
  getLogger().addHandler(outer);
  const [realm, tally] = makeTask();
  const inner = new ListHandler();
  const text = await captureStderr(() =>
    runInRealm(realm, async () => {
      getLogger("task").warn("1");
      await withCleanRootLogger(async () => {
        getLogger().warn("2, by the last resort");
        getLogger().addHandler(inner);
        getLogger().warn("3");
        await withCleanRootLogger(() => getLogger("deep").warn("4, by the last resort"));
      });
      using _ = cleanRootLogger();
      getLogger().info("not made: the level is WARN");
      getLogger("x").warn("5, by the last resort");
    })
  );
  assertEquals(countsOf(tally), [5, 5, 0, 0]);
  assertEquals([outer.lines, inner.lines], [["1"], ["3"]]);
  assertEquals(text.split("\n").length, 4);
});

test("a record of a nested run is counted once by the run, and once by the task that started it", () => {
  const list = new ListHandler({ filters: [({ msg }) => msg !== "refused"] });
  getLogger().addHandler(list);
  const [outer, outerTally] = makeTask();
  runInRealm(outer, () => {
    const [inner, innerTally] = makeTask(outer, "1.0.1");
    runInRealm(inner, () => {
      getLogger("nested").warn("handled");
      getLogger("nested").warn("refused");
    });
    assertEquals(countsOf(innerTally), [2, 1, 1, 0]);
    getLogger("task").warn("of the task");
  });
  assertEquals(countsOf(outerTally), [3, 2, 1, 0]);
  assertEquals(list.lines, ["handled", "of the task"]);
});

test("records of runs in runs reach the handlers however deep, and are no loop", () => {
  const list = new ListHandler();
  getLogger().addHandler(list);
  const tallies: TallyCounter[] = [];
  let caller: Realm = currentRealm();
  for (let depth = 0; depth < 8; depth++) {
    const [realm, tally] = runInRealm(caller, () => makeTask(caller));
    tallies.push(tally);
    caller = realm;
  }
  runInRealm(caller, () => getLogger("deepest").warn("here"));
  assertEquals(list.lines, ["here"]);
  assertEquals(tallies.map(countsOf), Array.from({ length: 8 }, () => [1, 1, 0, 0]));
});

test("what a handler of the caller logs is counted where it is logged", () => {
  const inner = new ListHandler();
  const [realm, tally] = makeTask();
  class Telling extends Handler {
    override emit(record: LogRecord): void {
      inner.emit(record);
      if (record.name === "task") getLogger("told").warn("told of %s", record.msg);
    }
  }
  getLogger().addHandler(new Telling());
  runInRealm(realm, () => getLogger("task").warn("one"));
  assertEquals(inner.lines, ["one", "told of one"]);
  assertEquals(countsOf(tally), [2, 2, 0, 0]); // It was logged while the task was current.
});

Deno.test("becomeWorker() counts what is logged outside of tasks, and keeps the thread's sequence", async () => {
  const code = `
    import { addRecordSource, becomeWorker, getLogger, threadSequence } from "./src/logging/realm.ts";
    import { TallyCounter } from "./src/logging/outcome.ts";
    const sequence = threadSequence();
    const tally = new TallyCounter();
    const records = [];
    let collected = 0;
    addRecordSource(() => collected++);
    becomeWorker("Worker-7", {
      levels: () => new Map([["root", 20]]),
      levelOf: () => 20,
      watchLevels: () => ({ [Symbol.dispose]() {} }),
      receive: (record) => records.push(record) === 1 ? "relayed" : "filtered",
    }, tally);
    getLogger("a").info("one");
    getLogger("a").info("two");
    getLogger("a").debug("not made");
    const { emitted, written, filtered } = tally;
    console.log(JSON.stringify({
      isSame: threadSequence() === sequence,
      collected,
      counts: { emitted, written, filtered },
      records: records.map(({ seq, processName, msg }) => ({ seq, processName, msg })),
    }));
  `;
  const { stdout, stderr } = await runDeno(["eval", code]);
  assertEquals(JSON.parse(stdout || JSON.stringify(stderr)), {
    isSame: true,
    collected: 2,
    counts: { emitted: 2, written: 1, filtered: 1 },
    records: [
      { seq: 1, processName: "Worker-7", msg: "one" },
      { seq: 2, processName: "Worker-7", msg: "two" },
    ],
  });
});
