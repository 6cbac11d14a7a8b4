/**
 * Calls that take too long, or wait too long.
 *
 * @module
 */

import { delayed, TaskTimeoutError } from "../../parallel/mod.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { waitAtFirst } from "../tasks/attempts.ts";
import { spinForever, waitForAbort } from "../tasks/ends.ts";
import { logLine } from "../tasks/logs.ts";
import { square } from "../tasks/values.ts";
import { watchRoot } from "../watched_handler.ts";

/** Longer than a call that does nothing takes on a busy machine, in milliseconds. */
const TIMEOUT = 500;

/** Registers the tests. */
export function testTimeLimits({ create, refusal, test }: Contract): void {
  const noTimeout = refusal({ timeout: TIMEOUT });

  test("a call that waits longer than queueTimeout for a worker fails, and so does its run", async () => {
    const handler = watchRoot();
    await using parallel = create({ queueTimeout: 50, batchSize: 1 }, 1);
    async function* calls() {
      yield delayed(waitForAbort)("first");
      await handler.untilMessage("first waits");
      yield delayed(square)(1);
    }
    const error = await assertRejects(() => parallel.run(calls()), TaskTimeoutError);
    assertEquals([error.index, error.phase, error.task], [1, "queue", "square"]);
    assertEquals(handler.messages.at(-1)?.startsWith("first ends: TaskTimeoutError"), true);
    assertEquals(await parallel.map(square, [2]), [4]);
  });

  test(
    "a call of a batch that runs longer than timeout fails alone, also if it never yields",
    async () => {
      const handler = watchRoot();
      await using parallel = create({ timeout: TIMEOUT, batchSize: 4 }, 1);
      const settled = await parallel.runSettled([
        delayed(logLine)("a"),
        delayed(spinForever)(),
        delayed(logLine)("b"),
        delayed(logLine)("c"),
      ]);
      const values = settled.map((each) => each.status === "fulfilled" ? each.value : undefined);
      assertEquals(values, ["a", undefined, "b", "c"]);
      const { reason } = settled[1] as PromiseRejectedResult;
      assertInstanceOf(reason, TaskTimeoutError);
      assertEquals([reason.index, reason.phase, reason.timeout], [1, "run", TIMEOUT]);
      assertEquals(handler.messages, ["a", "spins", "b", "c"]);
      assertEquals(parallel.stats.calls.timedOut, 1);
    },
    noTimeout,
  );

  test("a call that listens is told that its time is over, and may be tried again", async () => {
    const handler = watchRoot();
    const retries = { attempts: 1, backoff: 0 };
    await using parallel = create({ timeout: TIMEOUT, gracePeriod: 10_000, retries }, 1);
    assertEquals(await parallel.run([delayed(waitAtFirst)()]), [2]);
    assert(handler.messages.includes("attempt 1: TaskTimeoutError"), `${handler.messages}`);
    assertEquals(parallel.stats.allWorkers.started, 1); // It has ended in time: its worker goes on.
  }, noTimeout);
}
