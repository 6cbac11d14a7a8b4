/** Much is logged at once: nothing is lost, out of order or kept in memory without a bound. */

import { assert, assertEquals } from "@std/assert";
import { delayed, FileHandler, getLogger, Parallel } from "@paralog/paralog";
import { inBackground, withPatience } from "../../src/testing/patience.ts";
import type { Load, Loaded } from "../programs/relay_load.ts";
import { linesOfFile, withFolder } from "../support/log_folder.ts";
import { assertAllWritten, assertNoGap } from "../support/record_counts.ts";
import { logTogether } from "../support/relay_tasks.ts";
import { runDeno } from "../support/run_deno.ts";
import { SharedCount } from "../support/shared_count.ts";
import { testWithHandler } from "../support/test_with_handler.ts";

/** Runs the program in a process of its own, for its memory is looked at. */
async function runLoad(load: Load): Promise<Loaded> {
  const args = ["run", "--allow-all", "tests/programs/relay_load.ts", JSON.stringify(load)];
  const { code, stdout, stderr } = await withPatience(runDeno(args), "the program's end", 60_000);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

/**
 * How much memory may grow, in megabytes. Kept as messages, the records of the first test take 550 and
 * those of the second 850. A ring for each worker, what may be spilled, and the garbage of five threads
 * stay well below this.
 */
const MOST_GROWTH = 150;

Deno.test("nothing is lost and memory is bounded when main is blocked while 4 workers log 50,000 records each", async () => {
  const loaded = await runLoad({ workers: 4, count: 50_000, length: 1000, blocked: 3000 });
  const { growth, early, ...others } = loaded;
  assertEquals(others, {
    counts: { emitted: 200_000, written: 200_000, filtered: 0, dropped: 0 },
    arrived: 200_000,
    isOrdered: true,
  });
  assertEquals(early, 0);
  assert(growth <= MOST_GROWTH, `memory grew by ${growth} MB`);
});

Deno.test("memory is bounded when tasks log more than there is room for and main never yields", async () => {
  const { counts, arrived, isOrdered, growth } = await runLoad({
    workers: 2,
    count: 20_000,
    length: 10_000,
    blocked: "until all is logged",
    relay: { ringBytes: 65_536, maxWait: 50, maxSpillLength: 1_000_000 },
  });
  assertEquals([counts.emitted, counts.written + counts.dropped], [40_000, 40_000]);
  assert(counts.dropped > 30_000, `${counts.dropped} were dropped`);
  assertEquals([arrived, isOrdered], [counts.written, true]);
  assert(growth <= MOST_GROWTH, `memory grew by ${growth} MB`);
});

/** A line of the file: its number in the sequence, who logged it, and which one of those it is. */
interface Line {
  readonly seq: number;
  readonly worker: string;
  readonly number: number;
}

function readLines(path: string): Line[] {
  return linesOfFile(path).map((line) => {
    const [seq, worker = "", number] = line.split(" ");
    return { seq: Number(seq), worker, number: Number(number) };
  });
}

/** Fails unless the file has all lines of each worker in their order, and the sequence no gap. */
function assertWholeFile(lines: readonly Line[], counts: Readonly<Record<string, number>>): void {
  assertNoGap(lines.map(({ seq }) => seq));
  const next: Record<string, number> = {};
  for (const { worker, number } of lines) {
    assertEquals(number, next[worker] ?? 0, `the next number of ${worker}`);
    next[worker] = number + 1;
  }
  assertEquals(next, counts);
}

/** What each of some workers logged. */
const countsOfWorkers = (workers: number, count: number) =>
  Object.fromEntries(Array.from({ length: workers }, (_, n) => [`Worker-${n + 1}`, count]));

const FORMAT = "%(seq)d %(processName)s %(message)s";

testWithHandler(
  "the file of 8 workers that log 20,000 records each is whole and in one sequence",
  (handler) =>
    withFolder(async (folder) => {
      getLogger().removeHandler(handler);
      const file = new FileHandler(`${folder}/app.log`, { formatter: FORMAT });
      getLogger().addHandler(file);
      using begun = new SharedCount();
      const parallel = new Parallel(8, { backend: "workers" });
      const calls = Array.from(
        { length: 8 },
        () => delayed(logTogether)(20_000, begun.memory, 8),
      );
      await withPatience(parallel.run(calls), "the end of the run", 60_000);
      assertWholeFile(readLines(file.filename), countsOfWorkers(8, 20_000));
      assertAllWritten(parallel, 160_000);
    }),
);

testWithHandler(
  "the file is in one sequence too when main logs while its workers do",
  (handler) =>
    withFolder(async (folder) => {
      getLogger().removeHandler(handler);
      const file = new FileHandler(`${folder}/app.log`, { formatter: FORMAT });
      getLogger().addHandler(file);
      using begun = new SharedCount();
      const parallel = new Parallel(4, { backend: "workers" });
      const calls = Array.from({ length: 4 }, () => delayed(logTogether)(10_000, begun.memory, 4));
      let isRunning = true;
      const running = inBackground(parallel.run(calls).finally(() => isRunning = false));
      await begun.until(4, "all workers to start");
      let count = 0;
      for (const end = performance.now() + 60_000; isRunning && performance.now() < end;) {
        for (let n = 0; n < 5; n++) getLogger("main").info("%d of main", count++);
        await new Promise((resolve) => setTimeout(resolve)); // Others have their turn.
      }
      await withPatience(running, "the end of the run");
      const counts = { ...countsOfWorkers(4, 10_000), MainProcess: count };
      assertWholeFile(readLines(file.filename), counts);
      assertAllWritten(parallel, 40_000);
    }),
);
