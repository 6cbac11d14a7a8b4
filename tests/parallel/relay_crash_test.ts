/** What was logged before a task hung, was terminated or ended its worker. */

import { assert, assertEquals } from "@std/assert";
import {
  basicConfig,
  delayed,
  FileHandler,
  getLogger,
  Parallel,
  withCleanRootLogger,
} from "@paralog/paralog";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { linesOfFile, withFolder } from "../support/log_folder.ts";
import { assertAllWritten, assertNumbered } from "../support/record_counts.ts";
import * as tasks from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

testWithHandler(
  "what a task logged is in the caller's file while it spins in a loop",
  (handler) =>
    withFolder(async (folder) => {
      const file = new FileHandler(`${folder}/app.log`, { formatter: "%(seq)d %(message)s" });
      getLogger("relay").addHandler(file); // Before the root's: what that has is in the file.
      using state = new SharedCount();
      using stop = new SharedCount();
      const parallel = new Parallel(1, { backend: "workers" });
      const running = inBackground(
        parallel.run([delayed(tasks.logAndSpin)(5, state.memory, stop.memory)]),
      );
      await state.until(1, "the task to spin");
      await handler.until(5);
      const lines = linesOfFile(file.filename);
      assertEquals(state.value, 1, "it still spins");
      const first = handler.records[0]?.seq ?? NaN;
      assertEquals(lines, [0, 1, 2, 3, 4].map((n) => `${first + n} record ${n}`));
      assertAllWritten(parallel, 5);
      stop.add();
      await withPatience(running, "the end of the run");
      assertNumbered(handler.records, 5);
      assertAllWritten(parallel, 5);
    }),
);

/** How often each of the two tasks is terminated; 200 times in all. */
const TERMINATIONS = 100;

/** How many of them run at once. */
const LANES = 2;

const RECORDS = 1000;

for (const task of [tasks.countInLoop, tasks.countAndAwait]) {
  const how = task === tasks.countInLoop ? "logs in a loop" : "awaits between records";
  Deno.test(`what a task says it logged has arrived when it is terminated and ${how}`, async () => {
    let next = 0;
    const lane = async () => {
      while (next < TERMINATIONS) {
        const number = next++;
        try {
          await withCleanRootLogger(() => terminateOnce(task, number));
        } catch (error) {
          next = TERMINATIONS; // The other lane need not go on either.
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  });
}

/** Runs a task that logs and counts, and terminates it at a random moment. */
async function terminateOnce(task: typeof tasks.countInLoop, number: number): Promise<void> {
  const at = 1 + Math.floor(Math.random() * RECORDS);
  const label = `run ${number}, terminated after ${at} records`;
  const handler = new WatchedHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  const [counted, reached, done] = [new SharedCount(), new SharedCount(), new SharedCount()];
  const controller = new AbortController();
  const parallel = new Parallel(1, { backend: "workers", signal: controller.signal });
  const running = inBackground(parallel.run([
    delayed(task)(RECORDS, {
      counted: counted.memory,
      reached: reached.memory,
      at,
      done: done.memory,
    }),
  ]));
  const reason = new RangeError(label);
  const outcome = running.then(() => undefined, (error) => error);
  // One half by the word of the task, the other half by what has arrived, inside of the handling.
  if (number % 2 === 0) await reached.until(1, label);
  else await handler.until(at);
  controller.abort(reason);
  const error: unknown = await withPatience(outcome, `the end of ${label}`);
  if (error === undefined) assertEquals(counted.value, RECORDS, `${label}: it was done already`);
  else assertEquals(error, reason);
  if (task === tasks.countInLoop) {
    // Nothing stops a thread that does not yield: it goes on until it is done.
    await done.until(1, `${label} to be done`);
    await handler.until(RECORDS);
  }
  const arrived = handler.records.length;
  const isCounted = arrived === counted.value || arrived === counted.value + 1;
  assert(isCounted, `${label}: ${counted.value} were logged, ${arrived} arrived`);
  assertNumbered(handler.records, arrived);
  assertAllWritten(parallel, arrived);
}

const ENDS = [
  ["Deno.exit(1)", "WorkerCrashError", { kind: "exit", code: 1 }],
  ["process.exit(2)", "WorkerCrashError", { kind: "exit", code: 2 }],
  ["self.close()", "WorkerCrashError", { kind: "close" }],
  ["an error in a timer", "RangeError", undefined],
  ["an error in a microtask", "TypeError", undefined],
  ["an unhandled rejection", "SyntaxError", undefined],
] as const;

for (const [end, name, reason] of ENDS) {
  for (const isBlocked of [false, true]) {
    const where = isBlocked ? ", the main thread being blocked," : "";
    testWithHandler(
      `what a task logged has arrived when${where} ${end} ends it`,
      async (handler) => {
        const count = 2000;
        await using parallel = new Parallel(1, { backend: "workers" });
        await parallel.run([delayed(tasks.logNumbers)(1)]); // The worker has started.
        using ending = new SharedCount();
        const running = inBackground(
          parallel.run([delayed(tasks.logAndEnd)(end, count, ending.memory)]),
        );
        const outcome = running.then(() => undefined, (error) => error);
        if (isBlocked) {
          await ready(); // The call has been sent.
          ending.blockUntil(1, "the task's last words");
        }
        const error: unknown = await withPatience(outcome, "the end of the run");
        assert(error instanceof Error);
        assertEquals([error.name, Reflect.get(error, "reason")], [name, reason]);
        const mine = handler.records.slice(1);
        assertNumbered(mine, count);
        await withPatience(parallel.run([delayed(tasks.logNumbers)(3)]), "the next run");
        assertNumbered(handler.records.slice(1 + count), 3);
        assertAllWritten(parallel, 1 + count + 3);
      },
    );
  }
}

/** Lets messages out that were posted. */
function ready(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
