/** `parallel.stats.records`: what became of every record that tasks logged. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { basicConfig, delayed, getLogger, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { captureStderr } from "../../src/testing/capture_stderr.ts";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import { FailingHandler, isEven, logWithSetup, type Setup } from "../support/filtering_tasks.ts";
import { assertAllWritten, countsOf, workerCountsOf } from "../support/record_counts.ts";
import { logTogether, logToOwnAndStay } from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

const throws = () => {
  throw new RangeError("broken");
};

/** What the caller has, and what becomes of ten records: written, filtered, dropped. */
const CALLERS: Record<string, [configure: (handler: ListHandler) => void, counts: number[]]> = {
  "has a handler": [() => {}, [10, 0, 0]],
  "has a logger filter": [() => getLogger("relay").addFilter(isEven), [5, 5, 0]],
  "has a handler filter": [(handler) => handler.addFilter(isEven), [5, 5, 0]],
  "has a handler with a higher level": [(handler) => handler.setLevel("ERROR"), [0, 10, 0]],
  "has a second handler that takes all": [
    (handler) => {
      handler.addFilter(isEven);
      getLogger("relay").addHandler(new ListHandler());
    },
    [10, 0, 0],
  ],
  "has a handler that fails": [() => replaceHandler(new FailingHandler()), [0, 0, 10]],
  "has a handler beside one that fails": [
    () => getLogger("relay").addHandler(new FailingHandler()),
    [10, 0, 0],
  ],
  "has a logger filter that throws": [() => getLogger("relay").addFilter(throws), [0, 0, 10]],
  "has a handler filter that throws": [(handler) => handler.addFilter(throws), [0, 0, 10]],
};

function replaceHandler(handler: ListHandler): void {
  basicConfig({ level: "INFO", handlers: [handler], force: true });
}

/** What the task has: what becomes of its records, how many it and the caller's handler took. */
const SETUPS: Record<Setup, [counts: number[], own: number | undefined, caller: number]> = {
  "nothing": [[10, 0, 0], undefined, 10],
  "a filter": [[5, 5, 0], undefined, 5],
  "a lower level": [[0, 10, 0], undefined, 0],
  "a handler": [[10, 0, 0], 10, 0],
  "a handler with a filter": [[5, 5, 0], 5, 0],
  "a handler with a higher level": [[0, 10, 0], 0, 0],
  "a handler that fails": [[0, 0, 10], 0, 0],
  "a handler beside one that fails": [[10, 0, 0], 10, 0],
  "a handler for its own tasks": [[10, 0, 0], 10, 0],
};

for (const backend of ["inline", "workers"] as const) {
  for (const [caller, [configure, [written, filtered, dropped]]] of Object.entries(CALLERS)) {
    testWithHandler(
      `${backend}: every record is counted when the caller ${caller}`,
      async (handler) => {
        configure(handler);
        const parallel = new Parallel(1, { backend });
        await captureStderr(() => parallel.run([delayed(logWithSetup)("nothing")]));
        assertEquals(countsOf(parallel), { emitted: 10, written, filtered, dropped });
      },
    );
  }

  for (const [setup, [[written, filtered, dropped], own, arrived]] of Object.entries(SETUPS)) {
    testWithHandler(
      `${backend}: every record is counted when the task has ${setup}`,
      async (handler) => {
        const parallel = new Parallel(1, { backend });
        assertEquals(await parallel.run([delayed(logWithSetup)(setup as Setup)]), [own]);
        assertEquals(handler.records.length, arrived);
        assertEquals(countsOf(parallel), { emitted: 10, written, filtered, dropped });
      },
    );
  }

  for (const level of ["INFO", "WARN"] as const) {
    const becomes = level === "INFO" ? "filtered" : "written";
    Deno.test(`${backend}: ${level} records that only the last resort is left for are ${becomes}`, () =>
      withCleanRootLogger(async () => {
        getLogger().setLevel("INFO");
        const parallel = new Parallel(1, { backend });
        const shown = await captureStderr(() =>
          parallel.map((name: string) => getLogger("app").log(name, "to nobody"), [level])
        );
        const counts = { emitted: 1, written: 0, filtered: 0, dropped: 0 };
        assertEquals(countsOf(parallel), { ...counts, [becomes]: 1 });
        assertStringIncludes(shown, level === "WARN" ? "to nobody" : "");
      }));
  }

  testWithHandler(
    `${backend}: a logger that the caller switched off leaves nothing uncounted`,
    async (handler) => {
      getLogger("relay").disabled = true;
      const parallel = new Parallel(1, { backend });
      await parallel.run([delayed(logWithSetup)("nothing")]);
      assertEquals(handler.records, []);
      const { written, dropped } = countsOf(parallel); // Whether they are made is left open.
      assertEquals([written, dropped], [0, 0]);
    },
  );
}

testWithHandler(
  "each worker's records are counted apart, and the counts stay after its end",
  async (handler) => {
    handler.addFilter(isEven);
    const parallel = new Parallel(3, { backend: "workers" });
    using begun = new SharedCount();
    const calls = [1, 2, 3].map((n) => delayed(logTogether)(10 * n, begun.memory, 3));
    await parallel.run(calls);
    const { workers } = workerCountsOf(parallel);
    assertEquals(Object.keys(workers).toSorted(), ["Worker-1", "Worker-2", "Worker-3"]);
    const rows = Object.values(workers).map(({ emitted, written }) => [emitted, written]);
    assertEquals(rows.toSorted(([a = 0], [b = 0]) => a - b), [[10, 5], [20, 10], [30, 15]]);
  },
);

testWithHandler("what a task handled itself is counted when it is terminated", async (handler) => {
  const controller = new AbortController();
  const parallel = new Parallel(1, { backend: "workers", signal: controller.signal });
  using logged = new SharedCount();
  const running = inBackground(parallel.run([delayed(logToOwnAndStay)(100, logged.memory)]));
  const outcome = running.catch((error) => error);
  await logged.until(1, "the task to log");
  controller.abort(new RangeError("enough"));
  assertEquals((await withPatience(outcome, "the end of the run"))?.message, "enough");
  assertEquals(handler.records, []);
  assertAllWritten(parallel, 100);
});

Deno.test("stats.records are zeros before the first run", () => {
  assertEquals(countsOf(new Parallel(2)), { emitted: 0, written: 0, filtered: 0, dropped: 0 });
});
