import { assertEquals, assertThrows } from "@std/assert";
import {
  delayed,
  FileHandler,
  getLogger,
  type LogRecord,
  Parallel,
  withCleanRootLogger,
} from "@paralog/paralog";
import { ListHandler } from "../../../src/testing/list_handler.ts";
import { FingersCrossedHandler } from "../../../src/logging/handlers/fingers_crossed.ts";
import { testHandler } from "../../support/handler_contract.ts";
import { linesOfFile, textsOf, withFolder } from "../../support/log_folder.ts";
import { recordOf } from "../../support/records.ts";
import { workAndFail } from "../../support/rotation_tasks.ts";

testHandler("FingersCrossedHandler", (fn) =>
  withFolder((folder) =>
    fn({
      create: ({ formatter, ...options }) => {
        const target = new FileHandler(`${folder}/app.log`, { formatter, bufferSize: 1000 });
        return new FingersCrossedHandler(target, { ...options, actionLevel: "WARN" });
      },
      takeLines: () => linesOfFile(`${folder}/app.log`),
    })
  ));

const [DEBUG, INFO, ERROR] = [10, 20, 40];

/** Logs "a1" and the like: what the task named by the letter logs. */
function logAll(handler: FingersCrossedHandler, level: number, messages: readonly string[]): void {
  for (const msg of messages) {
    const taskIndex = msg.charCodeAt(0) - "a".charCodeAt(0);
    handler.handle(recordOf(msg, { level, taskIndex, processName: "Worker-1" }));
  }
}

Deno.test("FingersCrossedHandler hands on a task's records when something goes wrong in it", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target);
  logAll(handler, DEBUG, ["a1", "b1", "a2"]);
  logAll(handler, ERROR, ["a3"]);
  assertEquals(target.lines, ["a1", "a2", "a3"]);
  logAll(handler, DEBUG, ["b2", "a4"]);
  handler.handle(recordOf("outside", { level: DEBUG }));
  handler.flush();
  assertEquals(target.lines, ["a1", "a2", "a3", "a4"]);
  logAll(handler, ERROR, ["b3"]);
  handler.close();
  assertEquals(target.lines, ["a1", "a2", "a3", "a4", "b1", "b2", "b3"]);
  logAll(handler, ERROR, ["a5"]); // Forgotten when it was closed.
  assertEquals(target.lines.at(-1), "a5");
});

Deno.test("FingersCrossedHandler tells workers, tasks and what is outside of tasks apart", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target, { actionLevel: "WARN" });
  const origins = [
    { processName: "Worker-1", taskIndex: 1, run: "1" },
    { processName: "Worker-1", taskIndex: 1, run: "2" },
    { processName: "Worker-1" },
    { processName: "MainProcess" },
  ];
  for (const [n, origin] of origins.entries()) {
    handler.handle(recordOf(`detail ${n}`, { ...origin, level: INFO }));
  }
  handler.handle(recordOf("bad", origins[1]));
  assertEquals(target.lines, ["detail 1", "bad"]);
  handler.handle(recordOf("bad outside", origins[2]));
  assertEquals(target.lines.slice(2), ["detail 2", "bad outside"]);
});

Deno.test("FingersCrossedHandler keeps records again after something went wrong outside of tasks", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target);
  const log = (...messages: [level: number, msg: string][]) => {
    for (const [level, msg] of messages) handler.handle(recordOf(msg, { level }));
  };
  log([DEBUG, "one"], [ERROR, "bad"], [DEBUG, "two"], [DEBUG, "three"]);
  assertEquals(target.lines, ["one", "bad"]);
  log([ERROR, "worse"]);
  assertEquals(target.lines, ["one", "bad", "two", "three", "worse"]);
});

Deno.test("FingersCrossedHandler tells tasks apart by a key, such as a field", () => {
  const target = new ListHandler();
  const key = ({ extra }: LogRecord) => extra?.id === undefined ? undefined : String(extra.id);
  const handler = new FingersCrossedHandler(target, { key });
  const log = (level: number, msg: string, id: number) =>
    handler.handle(recordOf(msg, { level, extra: { id } }));
  log(DEBUG, "one", 1);
  log(DEBUG, "two", 2);
  log(ERROR, "bad", 2);
  log(DEBUG, "after", 2);
  assertEquals(target.lines, ["two", "bad", "after"]);
});

Deno.test("FingersCrossedHandler forgets a task that failed in an earlier run", () =>
  withCleanRootLogger(async () => {
    const target = new ListHandler();
    getLogger().setLevel("DEBUG");
    getLogger().addHandler(new FingersCrossedHandler(target));
    for (const fails of [true, false]) {
      await new Parallel(1).run([delayed(workAndFail)(7, fails)]);
    }
    assertEquals(target.lines, ["task 7: begin", "task 7: step", "task 7: failed"]);
    assertEquals(target.records[0]?.run?.includes("."), false);
  }));

Deno.test("FingersCrossedHandler says how many records it dropped, in a record", () => {
  const target = new ListHandler();
  target.setFormatter("%(levelname)s %(taskIndex)s %(message)s");
  const handler = new FingersCrossedHandler(target, { capacity: 2 });
  logAll(handler, DEBUG, ["a1", "a2", "a3", "a4", "a5"]);
  logAll(handler, ERROR, ["a6"]);
  assertEquals(target.lines, [
    "WARN 0 3 earlier records dropped",
    "WARN 0 a4",
    "WARN 0 a5",
    "WARN 0 a6",
  ]);
  assertEquals(target.records[0]?.time, target.records[1]?.time);
});

Deno.test("FingersCrossedHandler forgets the task that has not logged for longest, and says so", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target, { maxTasks: 2 });
  logAll(handler, DEBUG, ["a1", "a2", "b1", "a3", "c1"]); // b is forgotten.
  logAll(handler, ERROR, ["a4"]);
  assertEquals(target.lines, [
    "1 records dropped of tasks that had not logged for long",
    ...["a1", "a2", "a3", "a4"],
  ]);
  logAll(handler, ERROR, ["c2"]);
  assertEquals(target.lines.slice(5), ["c1", "c2"]);
});

Deno.test("FingersCrossedHandler remembers that a task failed, however many others go well", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target, { maxTasks: 2 });
  logAll(handler, ERROR, ["a1"]);
  logAll(handler, DEBUG, ["b1", "c1", "d1", "a2"]); // b is forgotten.
  assertEquals(target.lines, ["a1", "a2"]);
  logAll(handler, ERROR, ["c2"]);
  const lost = "1 records dropped of tasks that had not logged for long";
  assertEquals(target.lines.slice(2), [lost, "c1", "c2"]);
});

Deno.test("FingersCrossedHandler keeps again what a task logs whose failure it has forgotten", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target, { maxTasks: 2 });
  logAll(handler, ERROR, ["a1", "b1"]);
  logAll(handler, DEBUG, ["a2"]);
  logAll(handler, ERROR, ["c1"]); // Of those that failed, b has not logged for longest.
  logAll(handler, DEBUG, ["a3", "b2", "c2"]);
  assertEquals(target.lines, ["a1", "b1", "a2", "c1", "a3", "c2"]);
  logAll(handler, ERROR, ["b3"]);
  assertEquals(target.lines.slice(6), ["b2", "b3"]);
});

Deno.test("FingersCrossedHandler forgets no task for one whose first record is an error", () => {
  const target = new ListHandler();
  const handler = new FingersCrossedHandler(target, { maxTasks: 1 });
  logAll(handler, DEBUG, ["a1"]);
  logAll(handler, ERROR, ["b1", "a2"]);
  assertEquals(target.lines, ["b1", "a1", "a2"]);
});

Deno.test("FingersCrossedHandler heeds the level and the filters of its target", () => {
  const target = new ListHandler({ level: "INFO", filters: [({ msg }) => msg !== "a2"] });
  const handler = new FingersCrossedHandler(target);
  logAll(handler, DEBUG, ["a0"]);
  logAll(handler, INFO, ["a1", "a2"]);
  logAll(handler, ERROR, ["a3"]);
  assertEquals(target.lines, ["a1", "a3"]);
});

Deno.test("FingersCrossedHandler writes the details of those tasks that failed, from workers and inline", () =>
  withFolder(async (folder) => {
    for (const nJobs of [1, 2]) {
      await withCleanRootLogger(async () => {
        getLogger().setLevel("DEBUG");
        const target = new FileHandler(`${folder}/app.log`, { mode: "w", bufferSize: 1000 });
        getLogger().addHandler(new FingersCrossedHandler(target));
        await new Parallel(nJobs).run(
          [1, 2, 3, 4].map((n) => delayed(workAndFail)(n, n % 2 === 0)),
        );
      });
      const lines = (textsOf(folder)["app.log"] ?? "").split("\n");
      for (const n of [1, 2, 3, 4]) {
        const own = lines.filter((line) => line.startsWith(`task ${n}:`));
        assertEquals(own, n % 2 ? [] : ["begin", "step", "failed"].map((at) => `task ${n}: ${at}`));
      }
    }
  }));

Deno.test("FingersCrossedHandler refuses bad options", () => {
  const target = new ListHandler();
  const refuse = (bad: object, error: typeof TypeError | typeof RangeError, text: string) =>
    assertThrows(() => new FingersCrossedHandler(target, bad), error, text);
  refuse({ capacity: 0 }, RangeError, "allowed are whole numbers from 1");
  refuse({ maxTasks: "1" }, TypeError, 'Cannot set maxTasks: current value is "1"');
  refuse({ actionLevel: "LOUD" }, RangeError, '"LOUD" as a level');
  const none = undefined as unknown as ListHandler;
  assertThrows(() => new FingersCrossedHandler(none), TypeError, "hand records on to undefined");
});
