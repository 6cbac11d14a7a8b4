/** `taskLogs` with a function: a handler for each task. */

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type Call,
  delayed,
  FileHandler,
  getLogger,
  Handler,
  type LoggedTask,
  type LogRecord,
  MemoryHandler,
  type TaskLogs,
} from "@paralog/paralog";
import { ConsoleHandler as StdConsoleHandler } from "@std/log";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { withPatience } from "../../src/testing/patience.ts";
import { ClosedHandler } from "../support/closed_handler.ts";
import { textsOf, withFolder } from "../support/log_folder.ts";
import { runDeno } from "../support/run_deno.ts";
import { SharedCount } from "../support/shared_count.ts";
import * as steps from "../support/task_logs_tasks.ts";
import { testTaskLogs } from "../support/test_task_logs.ts";

testTaskLogs(
  "a function makes a handler for each task, which is closed at its end",
  async ({ create, handler }) => {
    const made: { task: LoggedTask; handler: ClosedHandler }[] = [];
    await create().map(steps.logSteps, ["a", "b", "c", "d"], {
      taskLogs: (task) => {
        const own = new ClosedHandler({ formatter: "%(taskIndex)d %(message)s" });
        made.push({ task, handler: own });
        return own;
      },
    });
    assertEquals(made.map(({ task }) => task.index), [0, 1, 2, 3]);
    assertEquals(new Set(made.map(({ task }) => task.run)), new Set([handler.records[0]?.run]));
    for (const { task: { index }, handler: { lines, closed } } of made) {
      const name = "abcd"[index];
      assertEquals(lines, [1, 2, 3].map((step) => `${index} ${name} step ${step}`));
      assertEquals(closed, 1);
    }
    assertEquals(handler.records.length, 12);
  },
);

testTaskLogs("handlers that buffer are flushed at the end of their task", async ({ create }) => {
  await withFolder(async (folder) => {
    await create().map(steps.logSteps, ["a", "b"], {
      taskLogs: ({ index }) =>
        new MemoryHandler(1000, {
          target: new FileHandler(`${folder}/${index}`, { bufferSize: 9999, delay: true }),
        }),
    });
    assertEquals(textsOf(folder), {
      0: "a step 1\na step 2\na step 3\n",
      1: "b step 1\nb step 2\nb step 3\n",
    });
  });
});

testTaskLogs("a handler that a logger has is not closed", async ({ create }) => {
  const shared = new ClosedHandler();
  getLogger("audit").addHandler(shared);
  await create().map(steps.logSteps, ["a", "b"], { taskLogs: () => shared });
  assertEquals([shared.records.length, shared.closed], [6, 0]);
  getLogger("audit").removeHandler(shared);
});

testTaskLogs("handlers of @std/log are taken too", async ({ create }) => {
  const lines: string[] = [];
  const taskLogs: TaskLogs = () => {
    const own = new StdConsoleHandler("DEBUG", { useColors: false });
    own.log = (line) => lines.push(line);
    return own;
  };
  await create().map(steps.logLevels, ["a"], { taskLogs });
  assertEquals(lines, ["DEBUG a debug", "INFO a info", "ERROR a error"]);
});

testTaskLogs(
  "a function that throws, or makes no handler, fails the run before its task starts",
  async ({ create }) => {
    using starts = new SharedCount();
    const run = (taskLogs: () => unknown) =>
      create().map(steps.countStarts, [starts.memory, starts.memory, starts.memory], {
        taskLogs: taskLogs as () => Handler,
      });
    await assertRejects(
      () =>
        run(() => {
          throw new RangeError("no handler today");
        }),
      RangeError,
      "no handler today",
    );
    await assertRejects(() => run(() => 5), TypeError, "Cannot add 5 as a handler");
    assertEquals(starts.value, 0);
  },
);

testTaskLogs(
  "a handler that fails is reported, and the task and the caller's handlers go on",
  async ({ create, handler }) => {
    class Broken extends Handler {
      override emit(): void {
        throw new RangeError("no paper");
      }
      override close(): void {
        throw new RangeError("stuck");
      }
    }
    const reported = await captureStderr(async () => {
      assertEquals(await create().map(steps.logSteps, ["a"], { taskLogs: () => new Broken() }), [
        1,
      ]);
    });
    assertMatch(reported, /Broken could not handle a record: RangeError: no paper/);
    assertEquals(handler.records.length, 3);
  },
);

testTaskLogs(
  "a handler that is slow to close does not hold up the end of a run that has failed",
  async ({ create, handler, backend }) => {
    if (backend === "inline") return; // There is no other task to stop.
    using begun = new SharedCount();
    const others = Promise.withResolvers<void>();
    const taskLogs: TaskLogs = ({ index }) => {
      const own = new ListHandler();
      own.close = index === 0 ? () => others.promise : () => others.resolve();
      return own;
    };
    const calls: Call[] = [
      delayed(steps.throwWhenBegun)(begun.memory, 2),
      ...["b", "c"].map((name) => delayed(steps.logThenWait)(name, begun.memory)),
      delayed(steps.logSteps)("never starts"),
    ];
    const running = create().run(calls, { taskLogs });
    await assertRejects(() => withPatience(running, "the end of the run"), RangeError);
    assertEquals(handler.messages.toSorted(), ["b waits", "c waits", "to blame"]);
  },
);

testTaskLogs(
  "a handler that logs itself does not go round for ever",
  async ({ create, handler }) => {
    class Chatty extends Handler {
      override emit(record: LogRecord): void {
        getLogger("chatty").info("got %s", record.msg);
      }
    }
    await captureStderr(() =>
      create().map(steps.logSteps, [["a", 1]] as never[], { taskLogs: () => new Chatty() })
    );
    assertEquals(handler.messages.some((message) => message.startsWith("got")), true);
  },
);

Deno.test("handlers of tasks are flushed when the program ends before their task", async () => {
  await withFolder(async (folder) => {
    const program = "tests/programs/exit_in_task.ts";
    const ran = await runDeno(["run", "--allow-read", "--allow-write", program, folder]);
    assertEquals([ran.code, ran.stdout], [3, ""]);
    assertStringIncludes(textsOf(folder)["0.log"] ?? "", "the last words\n");
  });
});
