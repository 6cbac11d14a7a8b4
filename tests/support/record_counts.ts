import { assertEquals } from "@std/assert";
import type { LogRecord, Parallel, RecordCounts, RecordStats } from "@paralog/paralog";

/** What `parallel.stats.records` says; fails where the numbers leave a record unaccounted for. */
export function workerCountsOf(parallel: Parallel): RecordStats {
  const { records } = parallel.stats;
  for (const counts of [records, ...Object.values(records.workers)]) {
    const { emitted, written, filtered, dropped } = counts;
    assertEquals(emitted, written + filtered + dropped, "emitted is the sum of the others");
  }
  for (const name of ["emitted", "written", "filtered", "dropped"] as const) {
    const sum = Object.values(records.workers).reduce((sum, counts) => sum + counts[name], 0);
    assertEquals(sum, records[name], `${name} is the sum of all workers'`);
  }
  return records;
}

/** The totals of `parallel.stats.records`. */
export function countsOf(parallel: Parallel): RecordCounts {
  const { emitted, written, filtered, dropped } = workerCountsOf(parallel);
  return { emitted, written, filtered, dropped };
}

/** Fails unless that many records were logged, and all of them written. */
export function assertAllWritten(parallel: Parallel, count: number): void {
  assertEquals(countsOf(parallel), { emitted: count, written: count, filtered: 0, dropped: 0 });
}

/** Fails unless the records of each task are numbered 0, 1, 2, … in their first argument. */
export function assertNumbered(records: readonly LogRecord[], count: number, tasks = 1): void {
  const next = new Map<number | undefined, number>();
  for (const { taskIndex, args } of records) {
    const expected = next.get(taskIndex) ?? 0;
    assertEquals(args[0], expected, `of task ${taskIndex}`);
    next.set(taskIndex, expected + 1);
  }
  assertEquals([...next.values()], new Array(tasks).fill(count));
}

/** Fails where the numbers of the records in the caller's sequence have a gap or a step back. */
export function assertNoGap(sequence: readonly number[]): void {
  let before: number | undefined;
  for (const seq of sequence) {
    if (before !== undefined) assertEquals(seq, before + 1, "the next number of the sequence");
    before = seq;
  }
}
