import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  getLogger,
  Handler,
  type HandlerOptions,
  type LogRecord,
  withCleanRootLogger,
} from "@paralog/paralog/logging";
import { BaseHandler } from "@std/log";
import { type RecordOutcome, TallyCounter } from "../../src/logging/outcome.ts";
import { currentRealm, runInRealm } from "../../src/logging/realm.ts";
import { TaskRealms } from "../../src/logging/task_realms.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { recordOf } from "../support/records.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, () => withCleanRootLogger(fn));
}

/** Can write nothing, and says so to nobody. */
class FailingHandler extends Handler {
  handled = 0;
  override emit(): void {
    throw new RangeError("the disk is full");
  }
  override handleError(): void {
    this.handled++;
  }
}

/** A handler whose own `handle` throws, which that of `Handler` never does. */
class ThrowingHandler extends Handler {
  override handle(): RecordOutcome {
    throw new RangeError("handle failed");
  }
  override emit(): void {}
}

/** A handler in JavaScript, whose own `handle` returns anything. */
class ForeignHandler extends Handler {
  readonly #answer: unknown;
  constructor(answer: unknown, options?: HandlerOptions) {
    super(options);
    this.#answer = answer;
  }
  override handle(): RecordOutcome {
    return this.#answer as RecordOutcome; // As it comes from JavaScript.
  }
  override emit(): void {}
}

class StdListHandler extends BaseHandler {
  readonly lines: string[] = [];
  override log(line: string): void {
    this.lines.push(line);
  }
}

const throwing = () => {
  throw new TypeError("a filter failed");
};

Deno.test("Handler.handle() says what became of the record", () => {
  const failing = new FailingHandler();
  const outcomes = [
    new ListHandler().handle(recordOf("x")),
    new ListHandler({ filters: [() => false] }).handle(recordOf("x")),
    failing.handle(recordOf("x")),
  ];
  failing.addFilter(throwing);
  outcomes.push(failing.handle(recordOf("x")));
  assertEquals(outcomes, ["written", "filtered", "dropped", "dropped"]);
  assertEquals(failing.handled, 2);
});

Deno.test("Handler.handle() of a handler of @std/log says what that refuses by its level", () => {
  const std = new StdListHandler("ERROR");
  getLogger("outcome.std").addHandler(std);
  const [handler] = getLogger("outcome.std").handlers;
  assertEquals(handler?.handle(recordOf("x", { level: 30 })), "filtered");
  assertEquals(handler?.handle(recordOf("y", { level: 40, levelName: "ERROR" })), "written");
  assertEquals(std.lines, ["WARN y"].map((line) => line.replace("WARN", "ERROR")));
  getLogger("outcome.std").removeHandler(std);
});

test("logger.handle() is written if any handler wrote it, else dropped if any failed, else filtered", () => {
  const written = new ListHandler();
  const filtered = new ListHandler({ filters: [() => false] });
  const above = new ListHandler({ level: "CRITICAL" });
  const failing = new FailingHandler();
  const nothing = new ForeignHandler(undefined);
  const cases: [Handler[], RecordOutcome][] = [
    [[written], "written"],
    [[filtered, written, failing], "written"],
    [[failing, written], "written"],
    [[filtered, failing, above], "dropped"],
    [[above, filtered], "filtered"],
    [[above], "filtered"],
    [[nothing], "written"],
    [[failing, nothing], "written"],
    [[new ForeignHandler(Promise.resolve())], "written"],
    [[new ForeignHandler("dropped")], "dropped"],
  ];
  for (const [index, [handlers, expected]] of cases.entries()) {
    const logger = getLogger(`case${index}`);
    // One stands at the parent: those count too.
    handlers.forEach((handler, n) => (n === 1 ? logger.getChild("c") : logger).addHandler(handler));
    assertEquals(logger.getChild("c").handle(recordOf("x")), expected, `case ${index}`);
  }
});

test("logger.handle() says filtered of a disabled logger, and throws what its filter throws", () => {
  const logger = getLogger("off");
  logger.addHandler(new ListHandler());
  logger.disabled = true;
  assertEquals(logger.handle(recordOf("x")), "filtered");
  logger.disabled = false;
  logger.addFilter(() => false);
  assertEquals(logger.handle(recordOf("x")), "filtered");
  logger.filters = [throwing];
  assertThrows(() => logger.handle(recordOf("x")), TypeError, "a filter failed");
});

test("logger.handle() without a handler says what the last resort did", async () => {
  const outcomes: RecordOutcome[] = [];
  const text = await captureStderr(() => {
    outcomes.push(getLogger("a").handle(recordOf("shown", { level: 30 })));
    outcomes.push(getLogger("a").handle(recordOf("not shown", { level: 20 })));
  });
  assertEquals([outcomes, text], [["written", "filtered"], "shown\n"]);
});

test("a record that goes round in circles is dropped, and counted so", async () => {
  const tally = new TallyCounter();
  const realm = new TaskRealms(currentRealm(), tally).of({ index: 0, run: "1", attempt: 1 })
    .alive();
  class Looping extends Handler {
    override emit(record: LogRecord): void {
      getLogger("loop").warn("%s again", record.msg);
    }
  }
  await captureStderr(() =>
    runInRealm(realm, () => {
      getLogger("loop").addHandler(new Looping());
      getLogger("loop").warn("round");
    })
  );
  const { emitted, written, dropped } = tally;
  assertEquals({ emitted, written, dropped }, { emitted: 4, written: 3, dropped: 1 });
});

test("Realm.receive() says what became of a record, and reports a filter that throws", async () => {
  const realm = currentRealm();
  const list = new ListHandler();
  getLogger().addHandler(list);
  getLogger("low").setLevel("ERROR");
  getLogger("bad").addFilter(throwing);
  assertEquals(realm.receive(recordOf("x", { name: "a" })), "written");
  assertEquals(realm.receive(recordOf("x", { name: "low" })), "filtered");
  let outcome: RecordOutcome | undefined;
  const text = await captureStderr(() => {
    outcome = realm.receive(recordOf("x", { name: "bad" }));
  });
  assertEquals(outcome, "dropped");
  assertStringIncludes(text, "Logger bad could not handle a record: TypeError: a filter failed");
  assertEquals(list.records.length, 1);
});

test("Realm.receive() and deliver() report a handler whose handle() throws", async () => {
  const realm = currentRealm();
  getLogger("a").addHandler(new ThrowingHandler());
  for (const give of [realm.receive, realm.deliver]) {
    let outcome: RecordOutcome | undefined;
    const text = await captureStderr(() => {
      outcome = give.call(realm, recordOf("x", { name: "a" }));
    });
    assertEquals(outcome, "dropped");
    assertStringIncludes(text, "Logger a could not handle a record: RangeError: handle failed");
  }
});

Deno.test("TallyCounter counts; emitted is always the sum", () => {
  const tally = new TallyCounter();
  for (const outcome of ["written", "filtered", "dropped", "relayed", "written"] as const) {
    tally.count(outcome);
  }
  const { emitted, written, filtered, dropped } = tally;
  assertEquals({ emitted, written, filtered, dropped }, {
    emitted: 5,
    written: 3, // The relay has taken one of them.
    filtered: 1,
    dropped: 1,
  });
});

test("Realm.receive() hands what levels and filters let pass to who takes it, and counts it once", () => {
  const tally = new TallyCounter();
  const list = new ListHandler();
  const realm = new TaskRealms(currentRealm(), tally).of({ index: 0, run: "1", attempt: 1 })
    .alive();
  runInRealm(realm, () => {
    getLogger("a").addHandler(list);
    getLogger("a").addFilter((record) => record.msg !== "no" && { ...record, msg: "changed" });
  });
  const taken: string[] = [];
  const take = (passed: LogRecord): RecordOutcome => {
    taken.push(passed.msg);
    return passed.seq === 1 ? realm.deliver(passed) : "filtered";
  };
  const outcomes = [
    realm.receive(recordOf("yes", { name: "a" }), take),
    realm.receive(recordOf("yes", { name: "a", seq: 2 }), take),
    realm.receive(recordOf("no", { name: "a" }), take),
    realm.receive(recordOf("low", { name: "a", level: 10 }), take),
  ];
  assertEquals(outcomes, ["written", "filtered", "filtered", "filtered"]);
  assertEquals([taken, list.lines], [["changed", "changed"], ["changed"]]);
  const { written, filtered } = tally; // Of the level nobody asked: it is as if it was not logged.
  assertEquals({ written, filtered }, { written: 1, filtered: 2 });
});
