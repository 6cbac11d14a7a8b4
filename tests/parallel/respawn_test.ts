/** Many workers, one after the other: each takes the place of one that has ended, and nothing of that one is left. */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delayed, Parallel, WorkerCrashError } from "@paralog/paralog";
import { heapInUse } from "../support/memory.ts";
import * as tasks from "../support/stop_tasks.ts";

/** How many workers end before memory is looked at for the first time, and after that. */
const [FIRST, MORE] = [15, 45];

/** What a worker that has ended may leave on the heap, in bytes; statistics of the last 100 are kept. */
const LEFT = 7000;

for (const backend of ["workers", "processes"] as const) {
  Deno.test(`${backend}: ones that are replaced after each call leave nothing behind`, async () => {
    await using parallel = new Parallel(2, { backend, maxTasksPerWorker: 1 });
    const results = await assertFlat((count) => parallel.map(tasks.countUp, Array(count).fill(0)));
    assertEquals(results, Array(MORE).fill(0), "each worker has counted from 0");
    assertEquals(parallel.stats.allWorkers.started, FIRST + MORE);
  });

  Deno.test(`${backend}: ones that end in each call leave nothing behind`, async () => {
    await using parallel = new Parallel(2, { backend });
    const settled = await assertFlat((count) =>
      parallel.runSettled(Array.from({ length: count }, () => delayed(tasks.exit)()))
    );
    for (const outcome of settled) {
      assertInstanceOf(outcome.status === "rejected" && outcome.reason, WorkerCrashError);
    }
    assertEquals(parallel.stats.allWorkers.started, FIRST + MORE);
  });
}

/** Returns what the second run did. */
async function assertFlat<T>(run: (count: number) => Promise<T>): Promise<T> {
  await run(FIRST);
  const before = heapInUse();
  const done = await run(MORE);
  const grown = heapInUse() - before;
  assert(grown < MORE * LEFT, `${MORE} workers have left ${grown} bytes`);
  return done;
}
