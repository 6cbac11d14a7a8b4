import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { FileHandler, getLogger, type LogRecord, withCleanRootLogger } from "@paralog/paralog";
import { captureStderr } from "../../../src/testing/capture_stderr.ts";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { MemoryHandler, type MemoryHandlerOptions } from "../../../src/logging/handlers/memory.ts";
import { askPython } from "../../support/ask_python.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";

testHandler("MemoryHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: ({ formatter, ...options }) => {
        const target = new FileHandler(`${folder}/app.log`, { formatter, bufferSize: 1000 });
        return new MemoryHandler(10, { ...options, target });
      },
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

interface Case {
  readonly capacity: number;
  readonly flushLevel?: number;
  readonly flushOnClose?: boolean;
  /** Levels to log at; "flush", "target" and "close" are calls. */
  readonly steps: readonly (number | "flush" | "target" | "none" | "close")[];
}

const CASES: readonly Case[] = [
  { capacity: 3, steps: [10, 20, 30, 20, 20, "close"] },
  { capacity: 3, steps: [10, 40, 30, 50, 20, "close"] },
  { capacity: 1, steps: [10, 20] },
  { capacity: 0, steps: [10, 20] },
  { capacity: 9, flushLevel: 30, steps: [10, 20, 30, 29] },
  { capacity: 9, steps: [10, "flush", 20, "flush", "flush"] },
  { capacity: 9, flushOnClose: false, steps: [10, 40, 20, "close"] },
  { capacity: 5, steps: ["none", 10, 20, 40, 20, "target", 10] },
  { capacity: 2, steps: ["none", 10, "flush", "target", "flush"] },
];

Deno.test("MemoryHandler hands on what Python's hands on, when Python's does", async () => {
  const program = `
import logging, logging.handlers
answers = []
for case in json.load(sys.stdin):
    lines = []
    class Target(logging.Handler):
        def emit(self, record):
            lines.append([record.msg, step])
    target = Target(logging.ERROR)
    h = logging.handlers.MemoryHandler(
        case["capacity"], case.get("flushLevel", logging.ERROR), target,
        case.get("flushOnClose", True))
    for step, what in enumerate(case["steps"]):
        if what == "flush": h.flush()
        elif what == "close": h.close()
        elif what == "target": h.setTarget(target)
        elif what == "none": h.setTarget(None)
        else: h.handle(logging.makeLogRecord({"msg": str(step), "levelno": what}))
    answers.append(lines)
print(json.dumps(answers))`;
  const expected = await askPython<[string, number][][]>(program, CASES);
  for (const [n, { capacity, steps, ...options }] of CASES.entries()) {
    const lines: [string, number][] = [];
    let step = 0;
    class Target extends ListHandler {
      override emit(record: LogRecord): void {
        lines.push([record.msg, step]);
      }
    }
    const target = new Target({ level: "ERROR" }); // Its level is not looked at, as in Python.
    const handler = new MemoryHandler(capacity, { ...options, target });
    for (const what of steps) {
      if (what === "flush") handler.flush();
      else if (what === "close") handler.close();
      else if (what === "target") handler.setTarget(target);
      else if (what === "none") handler.setTarget(undefined);
      else handler.handle(recordOf(String(step), { level: what }));
      step++;
    }
    assertEquals(lines, expected[n], JSON.stringify(CASES[n]));
  }
});

Deno.test("MemoryHandler shows its target and what it keeps", () => {
  const target = new ListHandler();
  const handler = new MemoryHandler(5, { target, flushLevel: "WARN" });
  handler.handle(recordOf("one", { level: 10 }));
  assertEquals([handler.capacity, handler.flushLevel, handler.target === target], [5, 30, true]);
  assertEquals(handler.buffer.map(({ msg }) => msg), ["one"]);
  handler.setTarget(undefined);
  assertEquals(handler.target, undefined);
});

Deno.test("MemoryHandler can be extended with a rule of one's own", () => {
  class OnWord extends MemoryHandler {
    override shouldFlush(record: LogRecord): boolean {
      return record.msg === "now";
    }
  }
  const target = new ListHandler();
  const handler = new OnWord(1, { target });
  for (const msg of ["one", "two", "now", "three"]) handler.handle(recordOf(msg, { level: 50 }));
  assertEquals(target.lines, ["one", "two", "now"]);
});

Deno.test("MemoryHandler whose target logs to it makes no endless loop and loses nothing", () => {
  const lines: string[] = [];
  class Chatty extends ListHandler {
    override emit(record: LogRecord): void {
      lines.push(record.msg);
      if (record.msg.length < 3) handler.handle(recordOf(`${record.msg}!`));
    }
  }
  const handler = new MemoryHandler(2, { target: new Chatty() });
  for (const msg of ["a", "b"]) handler.handle(recordOf(msg));
  handler.close();
  assertEquals(lines.sort(), ["a", "a!", "a!!", "b", "b!", "b!!"]);
});

Deno.test("MemoryHandler's target has written everything, and is closed, when the realm has ended", () =>
  withFolder(async (folder) => {
    await withCleanRootLogger(() => {
      const target = new FileHandler(`${folder}/app.log`, { bufferSize: 1000 });
      getLogger().addHandler(new MemoryHandler(10, { target }));
      for (const msg of ["one", "two"]) getLogger().warn(msg);
      assertEquals(textsOf(folder), { "app.log": "" });
    });
    assertEquals(textsOf(folder), { "app.log": "one\ntwo\n" });
  }));

Deno.test("MemoryHandler without a target keeps the newest records, and reports once what it dropped", async () => {
  const target = new ListHandler();
  const handler = new MemoryHandler(3);
  const log = (...messages: string[]) => {
    for (const msg of messages) handler.handle(recordOf(msg, { level: 40 }));
  };
  log("1", "2", "3", "4", "5");
  assertEquals(handler.buffer.map(({ msg }) => msg), ["3", "4", "5"]);
  assertEquals(await captureStderr(() => handler.flush()), "");
  handler.setTarget(target);
  const reports = await captureStderr(() => {
    log("6");
    log("7");
    handler.flush();
  });
  assertEquals(target.lines, ["3", "4", "5", "6", "7"]);
  assertEquals(reports.match(/--- Logging error ---/g)?.length, 1);
  assertMatch(
    reports,
    /MemoryHandler lost records: 2 records were dropped, for there was no target/,
  );
  assertMatch(reports, /:app\.jobs:2\n/);
});

Deno.test("MemoryHandler closed without a target reports what is lost, unless that was asked for", async () => {
  for (const [flushOnClose, lost] of [[true, "4 records"], [false, "1 record"]] as const) {
    const handler = new MemoryHandler(3, { flushOnClose });
    const reports = await captureStderr(() => {
      for (const msg of ["1", "2", "3", "4"]) handler.handle(recordOf(msg));
      handler.close();
      handler.close();
    });
    assertEquals(reports.match(/\d records? w/g), [`${lost} w`]);
    assertEquals(handler.buffer, []);
  }
});

Deno.test("MemoryHandler refuses bad options", () => {
  const refuse = (
    capacity: unknown,
    bad: object,
    error: typeof TypeError | typeof RangeError,
    text: string,
  ) =>
    assertThrows(
      () => new MemoryHandler(capacity as number, bad as MemoryHandlerOptions),
      error,
      text,
    );
  refuse("10", {}, TypeError, 'Cannot set capacity: current value is "10"');
  refuse(-1, {}, RangeError, "allowed are whole numbers from 0");
  refuse(1, { flushLevel: "LOUD" }, RangeError, '"LOUD" as a level');
  refuse(1, { target: console.log }, TypeError, "give a handler that extends Handler");
});
