/**
 * What a worker runs before its first call.
 *
 * @module
 */

import { getLogger } from "../../logging/mod.ts";
import { delayed, WorkerCrashError } from "../../parallel/mod.ts";
import { assertEquals, assertInstanceOf, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { exit } from "../tasks/ends.ts";
import { logLine, logOnOwnRoot } from "../tasks/logs.ts";
import { square } from "../tasks/values.ts";
import { failToSetUp, logToFile, setUp } from "../tasks/workers.ts";
import { watchRoot } from "../watched_handler.ts";

/** Registers the tests. */
export function testInitializers({ create, subject, test }: Contract): void {
  test("the initializer runs once in each worker, before its first call", async () => {
    const handler = watchRoot();
    const initializer = delayed(setUp)("it");
    await using parallel = create({ initializer, maxTasksPerWorker: 2 }, 1);
    await parallel.map(logLine, ["a"]);
    await parallel.map(logLine, ["b"]);
    await parallel.map(logLine, ["c"]);
    assertEquals(handler.messages, ["set up it", "a", "b", "set up it", "c"]);
  });

  test(
    "the initializer runs again in the worker that replaces one that came to its end",
    async () => {
      const handler = watchRoot();
      const initializer = delayed((name: string) =>
        getLogger("lib.source").info("set up %s", name)
      )(
        "it",
      );
      await using parallel = create({ initializer, batchSize: 3 }, 1);
      const calls = [delayed(logLine)("a"), delayed(exit)(3), delayed(logLine)("b")];
      await parallel.runSettled(calls);
      assertEquals(handler.messages, ["set up it", "a", "about to exit", "set up it", "b"]);
    },
    subject.noExit,
  );

  test("a run whose initializer fails rejects with its reason, and runs nothing", async () => {
    const handler = watchRoot();
    await using parallel = create({ initializer: delayed(failToSetUp)() }, 1);
    const calls = [delayed(logLine)("a")];
    for (const run of [() => parallel.run(calls), () => parallel.runSettled(calls)]) {
      const error = await assertRejects(
        run,
        WorkerCrashError,
        "its initializer failed: no connection",
      );
      assertEquals(error.reason, { kind: "initializer", message: "no connection" });
      assertInstanceOf(error.cause, RangeError);
    }
    assertEquals(handler.messages, []);
  });

  test("handlers of the initializer get the records of tasks that have none of their own", async () => {
    const handler = watchRoot();
    const path = await Deno.makeTempFile();
    try {
      const initializer = delayed(logToFile)(path);
      const parallel = create({ initializer }, 1);
      assertEquals((await parallel.map(logOnOwnRoot, ["own"]))[0]?.before, 0);
      await using kept = create({ initializer }, 1);
      await kept.map(logLine, ["a", "b"]);
      assertEquals(await Deno.readTextFile(path), "0 a\n1 b\n"); // Also while the worker is there.
      await kept.map(square, [1]);
    } finally {
      await Deno.remove(path);
    }
    assertEquals(handler.messages, []);
  });
}
