/** Records of tasks on their way to the caller: which, in what order, and what they say of themselves. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { delayed, getLogger, type LogRecord, Parallel, withContext } from "@paralog/paralog";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import {
  assertAllWritten,
  assertNoGap,
  assertNumbered,
  workerCountsOf,
} from "../support/record_counts.ts";
import * as tasks from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

const log = getLogger("relay");

const seqs = (records: readonly LogRecord[]) => records.map(({ seq }) => seq);

for (const backend of ["inline", "workers"] as const) {
  const nJobs = backend === "inline" ? 1 : 2;

  testWithHandler(`${backend}: every record says where it comes from`, async (handler) => {
    const parallel = new Parallel(nJobs, { backend });
    log.info("before");
    await parallel.map(tasks.logNumbers, [2, 2, 2]);
    log.info("after");
    const [before, ...records] = handler.records;
    const after = records.pop();
    assertEquals([before?.msg, after?.msg], ["before", "after"]);
    assertNumbered(records, 2, 3);
    for (const record of records) {
      assertEquals([record.name, record.levelName], ["relay", "INFO"]);
      assertEquals([record.process, record.run], [Deno.pid, records[0]?.run]);
      assertEquals(record.attempt, 1);
      assertMatch(record.processName, backend === "inline" ? /^MainProcess$/ : /^Worker-[12]$/);
    }
    assertMatch(records[0]?.run ?? "", /^\d+$/);
    assert(after && after.attempt === undefined && after.run === undefined);
    assertNoGap(seqs(handler.records));
    assertAllWritten(parallel, 6);
  });

  testWithHandler(
    `${backend}: the context of the run and of the task is on its records`,
    async (handler) => {
      const parallel = new Parallel(nJobs, { backend });
      await withContext({ request: 7 }, () => parallel.map(tasks.logInContext, ["ann"]));
      assertEquals(handler.records.map(({ msg, extra }) => [msg, extra]), [
        ["outside", { request: 7 }],
        ["inside", { request: 7, user: "ann", own: 1 }],
      ]);
      assertAllWritten(parallel, 2);
    },
  );

  for (const inner of [1, 2]) {
    testWithHandler(
      `${backend}: the records of a task's own tasks on ${inner} job(s) arrive and count`,
      async (handler) => {
        const parallel = new Parallel(nJobs, { backend });
        await parallel.run([delayed(tasks.nestedLogs)(inner, [3, 3])]);
        assertEquals(handler.messages.at(0), "before");
        assertEquals(handler.messages.at(-1), "after");
        const run = handler.records[0]?.run;
        const nested = handler.records.slice(1, -1);
        assertEquals(new Set(nested.map((record) => record.run)), new Set([`${run}.0.1`]));
        assertNumbered(nested, 3, 2);
        assertNoGap(seqs(handler.records));
        assertAllWritten(parallel, 8);
      },
    );
  }

  testWithHandler(
    `${backend}: the records of a run are handled before it resolves`,
    async (handler) => {
      await using parallel = new Parallel(nJobs, { backend });
      const runs = new Set<string | undefined>();
      for (let n = 1; n <= 50; n++) {
        await parallel.map(tasks.logNumbers, [10, 20]);
        const records = handler.records.splice(0);
        assertNumbered(records.filter(({ taskIndex }) => taskIndex === 0), 10);
        assertNumbered(records.filter(({ taskIndex }) => taskIndex === 1), 20);
        assertEquals(new Set(records.map(({ run }) => run)).size, 1);
        runs.add(records[0]?.run);
        assertAllWritten(parallel, 30 * n);
      }
      assertEquals(runs.size, 50);
    },
  );
}

testWithHandler(
  "records of two workers and of main are in the order in which they were logged",
  async (handler) => {
    const parallel = new Parallel(2, { backend: "workers" });
    using turn = new SharedCount();
    using begun = new SharedCount();
    const owns: [number[], number[], number[]] = [[], [], []];
    for (let n = 0; n < 300; n++) owns[n % 3]?.push(n);
    const [mine, ...theirs] = owns;
    const running = inBackground(parallel.run(
      theirs.map((own) => delayed(tasks.logInTurn)(own, turn.memory, begun.memory)),
    ));
    await begun.until(2, "both tasks to begin");
    // From here on this thread does not yield: what others logged before is there all the same.
    for (const n of mine) {
      turn.blockUntil(n);
      log.info("record %d", n);
      assertEquals(handler.records.length, n + 1);
      turn.add();
    }
    await withPatience(running, "the end of the run");
    assertEquals(handler.messages, Array.from({ length: 300 }, (_, n) => `record ${n}`));
    assertNoGap(seqs(handler.records));
    assertAllWritten(parallel, 200);
  },
);

testWithHandler(
  "what code logs that a task left behind arrives in order and counts",
  async (handler) => {
    await using parallel = new Parallel(1, { backend: "workers" });
    using go = new SharedCount();
    await parallel.run([delayed(tasks.logLater)(50, go.memory)]);
    assertEquals(handler.messages, ["record -1"]);
    go.add();
    await handler.until(51);
    await parallel.map(tasks.logNumbers, [2]);
    const records = handler.records.slice(1);
    assertNumbered(records.slice(0, 50), 50);
    assertNumbered(records.slice(50), 2);
    assertAllWritten(parallel, 53);
  },
);

testWithHandler(
  "two Parallels at once count their own records, in one sequence",
  async (handler) => {
    const [first, second] = [1, 2].map(() => new Parallel(2, { backend: "workers" }));
    assert(first && second);
    using begun = new SharedCount();
    const call = (count: number) => delayed(tasks.logTogether)(count, begun.memory, 4);
    await withPatience(
      Promise.all([first.run([call(500), call(500)]), second.run([call(700), call(700)])]),
      "the end of both runs",
    );
    const runs = Object.values(Object.groupBy(handler.records, ({ run }) => run ?? ""));
    assertEquals(runs.map((records) => records?.length).toSorted(), [1000, 1400]);
    for (const records of runs) assertNumbered(records ?? [], (records?.length ?? 0) / 2, 2);
    assertNoGap(seqs(handler.records));
    assertAllWritten(first, 1000);
    assertAllWritten(second, 1400);
    const counts = { emitted: 500, written: 500, filtered: 0, dropped: 0 };
    assertEquals(workerCountsOf(first).workers, { "Worker-1": counts, "Worker-2": counts });
  },
);
