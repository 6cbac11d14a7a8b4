import { assertEquals, assertInstanceOf, assertMatch, assertStrictEquals } from "@std/assert";
import { serializeError, serializeThrown } from "../../src/logging/errors.ts";
import {
  crashError,
  type CrashReason,
  reviveThrown,
  TaskTimeoutError,
  WorkerCrashError,
} from "../../src/parallel/errors.ts";
import { LastRecords } from "../../src/parallel/tasks/last_records.ts";
import { recordOf } from "../support/records.ts";

class PaymentError extends RangeError {
  code = "E_FUNDS";
}

Deno.test("reviveThrown() makes an error of the same built-in class and class name", () => {
  const error = new PaymentError("no money", { cause: new TypeError("card refused") });
  const revived = reviveThrown(structuredClone(serializeThrown(error)));
  assertInstanceOf(revived, RangeError);
  assertEquals([revived.constructor.name, revived.name], ["PaymentError", "RangeError"]);
  assertEquals([revived.message, revived.stack], [error.message, error.stack]);
  assertEquals(Object.entries(revived), [["code", "E_FUNDS"]]);
  assertInstanceOf(revived.cause, TypeError);
});

Deno.test("reviveThrown() still gives the message of an error that can't be made", () => {
  const thrown = serializeThrown(new PaymentError("no money"));
  const broken = new Proxy({}, {
    ownKeys() {
      throw new Error("trap");
    },
  });
  const error = thrown.kind === "error" ? { ...thrown.error, fields: broken } : undefined;
  const revived = reviveThrown({ kind: "error", error: error! });
  assertInstanceOf(revived, Error);
  assertEquals(revived.message, "PaymentError: no money (its class can't be made here)");
});

Deno.test("reviveThrown() makes errors of this library again, without a list", () => {
  const records = [recordOf("last words")];
  const reason = { kind: "exit", code: 3 } as const;
  const options = { task: "work", index: 4, records, cause: new RangeError("why") };
  const crash = new WorkerCrashError("Worker-1", reason, options);
  const revived = reviveThrown(structuredClone(serializeThrown(crash)));
  assertInstanceOf(revived, WorkerCrashError);
  assertEquals({ ...revived }, { worker: "Worker-1", reason, task: "work", index: 4 });
  assertEquals([revived.name, revived.records], ["WorkerCrashError", records]);
  assertInstanceOf(revived.cause, RangeError);
  assertEquals([revived.message, revived.stack], [crash.message, crash.stack]);
});

Deno.test("serializeError() takes no more for a log than what is to be read there", () => {
  const error = Object.assign(new (class FraudError extends PaymentError {})("m"), {
    callback: () => 1,
    inner: new PaymentError("inside"),
  });
  Object.defineProperty(error, "hidden", { value: 1 });
  const { parents, hiddenFields, errorFields, fields } = serializeError(error);
  assertEquals([parents, hiddenFields, errorFields], [undefined, undefined, undefined]);
  assertEquals(Object.keys(fields ?? {}), ["code", "inner"]);
  assertStrictEquals(fields?.inner, error.inner);
});

Deno.test("WorkerCrashError says how the worker ended, and what the call logged last", () => {
  const message = (reason: CrashReason, options = {}) =>
    new WorkerCrashError("Worker-1", reason, options).message;
  const task = "work";
  const exit = { kind: "exit", code: 1 } as const;
  assertMatch(message(exit), /^Worker-1 was ended by exit\(1\) while it ran no task: /);
  assertMatch(message(exit, { task, index: 3 }), /while it ran work: .*\. It was call 3$/);
  const records = [recordOf("first"), recordOf(`long\n${"x".repeat(200)}`)];
  assertMatch(
    message(exit, { task, index: 3, records }),
    /It was call 3, which logged last: WARN app\.jobs "long\\nx{95}…"$/,
  );
  assertMatch(message({ kind: "close" }, { task }), /^Worker-1 was ended by self\.close\(\)/);
  assertMatch(
    message({ kind: "signal", signal: "SIGKILL" }, { task }),
    /ended by SIGKILL .*memory$/,
  );
  assertEquals(
    message({ kind: "start", message: "no module" }, { task, index: 3 }),
    "Cannot run work: Worker-1 did not start: no module",
  );
  assertEquals(
    message({ kind: "initializer", message: "no database" }, { task }),
    "Cannot use Worker-1: its initializer failed: no database",
  );
});

Deno.test("WorkerCrashError has facts as fields; its records are not shown, its frames would say nothing", () => {
  const records = [recordOf("last words", { run: "1", taskIndex: 4 })];
  const last = new LastRecords();
  records.forEach((record) => last.add(record));
  const job = { index: 4, run: { id: "1" }, call: { task: { name: "work" } } };
  const reason = { kind: "signal", signal: "SIGTERM" } as const;
  const error = crashError("Process-2", reason, job, last);
  assertEquals({ ...error }, {
    name: "WorkerCrashError",
    ...{ worker: "Process-2", reason, task: "work", index: 4 },
  });
  assertEquals(error.records, records);
  assertEquals(error.stack, `WorkerCrashError: ${error.message}`);
  assertEquals("cause" in error, false);
  const idle = crashError("Process-2", reason, undefined, last, failed);
  assertEquals([idle.task, idle.index, idle.records, idle.cause], [
    undefined,
    undefined,
    [],
    failed,
  ]);
});

const failed = new Error("failed");

Deno.test("TaskTimeoutError says what took too long, and what to do", () => {
  const records = [recordOf("half of it")];
  const options = { index: 2, timeout: 300, phase: "run", worker: "Process-1", records } as const;
  const run = new TaskTimeoutError("work", options);
  assertEquals(
    run.message,
    "Cannot go on with work: it ran for more than 300 ms in Process-1. Raise timeout, or give it less " +
      'to do. It was call 2, which logged last: WARN app.jobs "half of it"',
  );
  assertEquals({ ...run }, {
    name: "TaskTimeoutError",
    ...{ task: "work", index: 2, timeout: 300, phase: "run", worker: "Process-1" },
  });
  assertEquals(run.records, records);
  assertEquals(run.stack, `TaskTimeoutError: ${run.message}`);
  const queue = new TaskTimeoutError("work", { index: 2, timeout: 300, phase: "queue" });
  assertEquals(
    queue.message,
    "Cannot start work: it waited for more than 300 ms. Raise queueTimeout, or nJobs to have more " +
      "workers. It was call 2",
  );
  assertInstanceOf(reviveThrown(structuredClone(serializeThrown(queue))), TaskTimeoutError);
});
