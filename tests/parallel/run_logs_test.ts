/** Where records go that come after their task's end, and whose they are. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { TaskLogs } from "@paralog/paralog";
import { currentRealm } from "../../src/logging/realm.ts";
import { RunLogs } from "../../src/parallel/task_logs/run_logs.ts";
import { planTaskLogs } from "../../src/parallel/task_logs/task_log_plan.ts";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { ClosedHandler } from "../support/closed_handler.ts";
import { linesOfFile, withFolder } from "../support/log_folder.ts";
import { recordOf } from "../support/records.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** A run whose tasks log what the test says. */
async function withRunLogs(
  taskLogs: TaskLogs,
  fn: (log: (msg: string, level?: number) => void, logs: RunLogs) => Promise<void>,
): Promise<void> {
  const caller = currentRealm();
  const plan = { collectLogs: false, taskLogs: planTaskLogs(taskLogs), signal: undefined };
  await using logs = new RunLogs({ run: "12", caller, ...plan });
  const log = (msg: string, level = 20) =>
    void logs.receive(recordOf(msg, { level, taskIndex: 0, run: "12" }));
  await fn(log, logs);
}

/** Does what a scheduler does for a call. */
async function watch(
  logs: RunLogs,
  index: number,
  run: () => Promise<unknown>,
): Promise<unknown> {
  logs.begin(index);
  try {
    return await logs.succeed(index, await run());
  } catch (error) {
    logs.fail(index, error);
    throw error;
  }
}

testWithHandler(
  "records that come after their task's end are appended to its file",
  async (handler) => {
    await withFolder((folder) =>
      withRunLogs(
        { file: `${folder}/%(taskIndex)d.log`, format: "%(message)s" },
        async (log, logs) => {
          await watch(logs, 0, () => Promise.resolve(log("in time")));
          log("late");
          log("later");
          assertEquals(linesOfFile(`${folder}/0.log`), ["in time", "late", "later"]);
          assertEquals(handler.messages, ["in time", "late", "later"]);
          await Deno.remove(folder, { recursive: true });
          await Deno.writeTextFile(folder, "in the way");
          const reported = await captureStderr(() => log("too late"));
          assertMatch(reported, /The log of a task could not be opened again: .*Not a directory/);
          assertEquals(handler.messages.at(-1), "too late");
        },
      )
    );
  },
);

testWithHandler(
  "records that come after their task's end go where the task's went",
  async (handler) => {
    const own = new ListHandler();
    await withRunLogs(() => own, async (log, logs) => {
      await watch(logs, 0, () => Promise.resolve(log("in time")));
      log("late");
    });
    assertEquals(own.records.map(({ msg }) => msg), ["in time"]); // It is closed.
    assertEquals(handler.messages, ["in time", "late"]);
    const seenByLevel: [level: number, seen: string[]][] = [[20, []], [40, ["in time", "late"]]];
    for (const [level, seen] of seenByLevel) {
      const before = handler.messages.length;
      await withRunLogs("fingersCrossed", async (log, logs) => {
        await watch(logs, 0, () => Promise.resolve(log("in time", level)));
        log("late");
      });
      assertEquals(handler.messages.slice(before), seen);
    }
  },
);

testWithHandler("a run knows its tasks' records from those of others", async (handler) => {
  const own = new ListHandler();
  await withRunLogs(() => own, async (_log, logs) => {
    await watch(logs, 0, () => {
      for (const run of ["12", "1", "12.0.1", "12.0.1.5.1", "12.1.1", "120.0.1", undefined]) {
        logs.receive(recordOf(`of ${run}`, { taskIndex: run === undefined ? undefined : 0, run }));
      }
      return Promise.resolve();
    });
  });
  assertEquals(own.records.map(({ msg }) => msg), ["of 12", "of 12.0.1", "of 12.0.1.5.1"]);
  assertEquals(handler.records.length, 7);
});

testWithHandler(
  "a run that is stopped ends the logs of tasks that have not come to their end",
  async () => {
    const own = new ClosedHandler();
    await withRunLogs(() => own, async (log, logs) => {
      void watch(logs, 0, () => new Promise(() => {})); // As of a backend that leaves its calls behind.
      log("in time");
      await Promise.resolve();
    });
    assertEquals([own.records.length, own.closed], [1, 1]);
  },
);

testWithHandler(
  "a caller's handler whose handle() throws changes nothing of the run, and loses no other record",
  async (handler) => {
    const seen: string[] = [];
    handler.handle = ({ msg }) => {
      seen.push(msg);
      if (msg === "one") throw new RangeError("handle failed");
      return "written";
    };
    const reported = await captureStderr(() =>
      withRunLogs("fingersCrossed", async (log, logs) => {
        await assertRejects(
          () =>
            watch(logs, 0, () => {
              for (const msg of ["one", "two"]) log(msg);
              return Promise.reject(new TypeError("the task failed"));
            }),
          TypeError,
          "the task failed",
        );
      })
    );
    assertEquals(seen, ["one", "two"]);
    assertMatch(reported, /Logger app\.jobs could not handle a record: RangeError: handle failed/);
  },
);

testWithHandler("of the last 1000 tasks that have ended the logs are known", async (handler) => {
  await withFolder((folder) =>
    withRunLogs(
      { file: `${folder}/%(taskIndex)d.log`, format: "%(message)s" },
      async (_log, logs) => {
        for (let index = 0; index <= 1000; index++) {
          await watch(logs, index, () => Promise.resolve());
        }
        for (const taskIndex of [0, 1000]) {
          logs.receive(recordOf(`late ${taskIndex}`, { level: 20, taskIndex, run: "12" }));
        }
        assertEquals(linesOfFile(`${folder}/1000.log`), ["late 1000"]);
        assertEquals(linesOfFile(`${folder}/0.log`), []);
        assertEquals(handler.messages, ["late 0", "late 1000"]); // The caller gets all of them.
      },
    )
  );
});
