/** Who is to blame when a worker ends before its first call, and runs that use or end themselves. */

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delayed, Parallel, WorkerCrashError } from "@paralog/paralog";
import { neverRuns } from "../support/exits_on_import.ts";
import { runShared, twice } from "../support/recursive_tasks.ts";
import * as tasks from "../support/process_tasks.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

for (const backend of ["workers", "processes"] as const) {
  testWithHandler(`${backend}: an initializer that ends its worker ends the run`, async () => {
    const parallel = new Parallel(2, { backend, initializer: delayed(() => Deno.exit(9))() });
    const calls = [1, 2, 3, 4, 5].map((x) => delayed(twice)(x));
    const error = await assertRejects(() => parallel.runSettled(calls));
    assertInstanceOf(error, WorkerCrashError);
    const message = "it ended its worker by exit(9)";
    assertEquals(error.reason, { kind: "initializer", message });
  });
}

testWithHandler(
  "a module that ends its worker fails the call of its task, and no other",
  async () => {
    const calls = [delayed(twice)(1), delayed(twice)(2), delayed(neverRuns)(), delayed(twice)(3)];
    const parallel = new Parallel(1, { backend: "workers", batchSize: 4 });
    const results = await parallel.runSettled(calls);
    assertEquals(
      results.map((result) => result.status === "fulfilled" ? result.value : result.reason.index),
      [2, 4, 2, 6],
    );
  },
);

testWithHandler("a process that was killed while it was idle is nobody's fault", async () => {
  await using parallel = new Parallel(1, { backend: "processes" });
  const [pid] = await parallel.run([delayed(tasks.logNumbers)(0)]);
  Deno.kill(pid, "SIGKILL");
  assertEquals(await parallel.map(twice, [4]), [8]); // The end of the process may come first or last.
});

Deno.test("an inline task may use the Parallel that runs it", async () => {
  assertEquals(await runShared(3), [3]);
});

for (const backend of ["inline", "workers"] as const) {
  Deno.test(`${backend}: a generator that aborts its own run is closed, and the reason counts`, async () => {
    const controller = new AbortController();
    let isClosed = false;
    function* calls() {
      try {
        for (let n = 0;; n++) {
          if (n === 5) controller.abort(new RangeError("enough"));
          yield delayed(twice)(n);
        }
      } finally {
        isClosed = true;
      }
    }
    const { signal } = controller;
    const running = new Parallel(2, { backend }).run(calls(), { signal });
    await assertRejects(() => running, RangeError, "enough");
    assertEquals(isClosed, true);
  });

  Deno.test(`${backend}: a run that rejects with undefined has failed`, async () => {
    const parallel = new Parallel(1, { backend });
    const fails = delayed(() => {
      throw undefined;
    });
    await assertRejects(
      () =>
        parallel.run([fails()]).catch((error) => {
          throw new RangeError(String(error));
        }),
      RangeError,
      "undefined",
    );
    const { done, failed } = parallel.stats.runs;
    assertEquals({ done, failed }, { done: 0, failed: 1 });
  });
}
