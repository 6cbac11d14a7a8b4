/** `taskLogs` with fingers crossed: the caller's handlers see only tasks in which something goes wrong. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Call, delayed, getLogger, type TaskLogs, WorkerCrashError } from "@paralog/paralog";
import { SharedCount } from "../support/shared_count.ts";
import * as steps from "../support/task_logs_tasks.ts";
import { testTaskLogs } from "../support/test_task_logs.ts";

testTaskLogs(
  "only tasks that log an error are seen, whole and in order",
  async ({ create, handler }) => {
    const calls = [
      delayed(steps.logSteps)("fine", 3),
      delayed(steps.logError)("bad"),
      delayed(steps.logSteps)("fine too", 3),
      delayed(steps.logError)("worse"),
    ];
    const results = await create().run(calls, { taskLogs: "fingersCrossed", collectLogs: true });
    for (const name of ["bad", "worse"]) {
      const own = handler.messages.filter((message) => message.startsWith(name));
      assertEquals(own, [`${name} before`, `${name} failed`, `${name} after`]);
    }
    assertEquals(handler.messages.length, 6);
    assertEquals(results.map(({ records }) => records.length), [3, 3, 3, 3]); // What is let go, too.
  },
);

testTaskLogs(
  "the records of a task that throws are seen, and those of a fine one are not",
  async ({ create, handler }) => {
    const calls: Call[] = [delayed(steps.logSteps)("fine"), delayed(steps.logThenThrow)("bad")];
    await using parallel = create();
    await parallel.run(calls.slice(0, 1), { taskLogs: "fingersCrossed" });
    await assertRejects(
      () => parallel.run(calls.slice(1), { taskLogs: "fingersCrossed" }),
      RangeError,
    );
    assertEquals(handler.messages, ["bad before"]);
  },
);

testTaskLogs(
  "a task that is stopped because another one failed is let go",
  async ({ create, handler, backend }) => {
    using begun = new SharedCount();
    const calls: Call[] = [
      delayed(steps.throwWhenBegun)(begun.memory, backend === "workers" ? 2 : 0),
      ...["b", "c"].map((name) => delayed(steps.logThenWait)(name, begun.memory)),
    ];
    await assertRejects(() => create().run(calls, { taskLogs: "fingersCrossed" }), RangeError);
    assertEquals(handler.messages, ["to blame"]);
  },
);

testTaskLogs(
  "options say which level and how many records, and whether failing is enough",
  async ({ create, handler }) => {
    const run = async (call: Call, fingersCrossed: object) => {
      const before = handler.messages.length;
      await create().run([call], { taskLogs: { fingersCrossed } }).catch(() => {});
      return handler.messages.slice(before);
    };
    const error = delayed(steps.logError)("x");
    assertEquals(await run(error, {}), ["x before", "x failed", "x after"]);
    assertEquals(await run(error, { level: "CRITICAL" }), []);
    const levels = delayed(steps.logLevels)("y");
    assertEquals(await run(levels, { level: "INFO" }), ["y debug", "y info", "y error"]);
    const thrown = delayed(steps.logThenThrow)("z");
    assertEquals(await run(thrown, { releaseOnFailure: false }), []);
    assertEquals(await run(thrown, { releaseOnFailure: true }), ["z before"]);
    assertEquals(await run(levels, { capacity: 1 }), [
      "1 earlier records dropped",
      "y info",
      "y error",
    ]);
    const [notice] = handler.records.slice(-3);
    assertEquals([notice?.levelName, notice?.taskIndex, typeof notice?.run], ["WARN", 0, "string"]);
  },
);

testTaskLogs("the levels of the caller's loggers count", async ({ create, handler }) => {
  getLogger("lib.steps").setLevel("INFO");
  await create().map(steps.logLevels, ["x"], { taskLogs: "fingersCrossed" });
  assertEquals(handler.messages, ["x info", "x error"]);
});

testTaskLogs("what the tasks of a task log is seen with it", async ({ create, handler }) => {
  await create().run([delayed(steps.nest)("x", 1)], { taskLogs: "fingersCrossed" });
  assertEquals(handler.messages, []);
  const fingersCrossed = { level: "INFO" };
  await create().run([delayed(steps.nest)("x", 1)], { taskLogs: { fingersCrossed } });
  assertEquals(handler.messages.toSorted(), ["x at 0", "x at 0", "x at 1"]);
});

testTaskLogs(
  "a task that ends its worker, or that the signal stops, is seen",
  async ({ create, handler, backend }) => {
    if (backend === "inline") return; // The program would end; and what runs here can't be stopped.
    await assertRejects(
      () => create().map(steps.logThenExit, ["x"], { taskLogs: "fingersCrossed" }),
      WorkerCrashError,
    );
    assertEquals(handler.messages, ["x before"]);
    using begun = new SharedCount();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = ["y", "z", "w"].map((name) => delayed(steps.logThenWait)(name, begun.memory));
    const running = create().run(calls, { taskLogs: "fingersCrossed", signal });
    await begun.until(3);
    controller.abort(new RangeError("enough"));
    await assertRejects(() => running, RangeError, "enough");
    assertEquals(handler.messages.slice(1).toSorted(), ["w waits", "y waits", "z waits"]);
  },
);

testTaskLogs("options that are none are refused before anything starts", async ({ create }) => {
  const refused: [unknown, string][] = [
    [
      { fingersCrossed: true },
      "Cannot set up fingersCrossed: current value of its options is true",
    ],
    [{ fingersCrossed: {}, level: 1 }, 'Cannot set up taskLogs: unknown option "level"'],
    [{ fingersCrossed: { actionLevel: 1 } }, 'unknown option "actionLevel", allowed are level'],
    [{ fingersCrossed: { level: "LOUD" } }, 'Cannot use "LOUD" as a level'],
    [{ fingersCrossed: { capacity: 0 } }, "Cannot set capacity: current value is 0"],
    [{ fingersCrossed: { capacity: "9" } }, 'Cannot set capacity: current value is "9"'],
    [
      { fingersCrossed: { releaseOnFailure: 0 } },
      "Cannot set releaseOnFailure: current value is 0",
    ],
  ];
  for (const [taskLogs, expected] of refused) {
    const run = () => create().run([], { taskLogs: taskLogs as TaskLogs });
    assertStringIncludes((await assertRejects(run, Error)).message, expected);
  }
});
