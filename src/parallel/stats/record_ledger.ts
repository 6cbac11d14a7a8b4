/**
 * What became of the records of each worker.
 *
 * @module
 */

import { type RecordCounts, type RecordTally, TallyCounter } from "../../logging/outcome.ts";
import { threadSequence } from "../../logging/realm.ts";
import type { RecordStats } from "./parallel_stats.ts";

/** The name under which the counts of workers stand that came to their end long ago. */
export const OTHER_WORKERS = "others";

/** Counts the records of one worker, or of all that have the same name. */
export class WorkerTally implements RecordTally {
  #counter = new TallyCounter();

  /** The counts as they are now. */
  get counts(): RecordCounts {
    return this.#counter;
  }

  count(...counted: Parameters<RecordTally["count"]>): void {
    this.#counter.count(...counted);
  }

  /**
   * Adds the counts to others. What is counted from now on is counted there.
   *
   * @param heir The other counts.
   */
  join(heir: TallyCounter): void {
    for (const outcome of ["written", "filtered", "dropped"] as const) {
      heir.count(outcome, this.#counter[outcome]);
    }
    this.#counter = heir;
  }
}

/** The counts of the workers of a `Parallel`. Workers of the same name share them. */
export class RecordLedger {
  readonly #tallies = new Map<string, WorkerTally>();
  readonly #names = new Map<WorkerTally, string>();
  #others: TallyCounter | undefined;

  /**
   * What counts the records of a worker.
   *
   * @param backend The name of its backend.
   * @param number Which worker of the backend it is, from 1.
   * @returns The same for each worker of that backend and number, until its name is forgotten.
   */
  tallyOf(backend: string, number: number): WorkerTally {
    const key = `${backend} ${number}`;
    const tally = this.#tallies.get(key) ?? new WorkerTally();
    this.#tallies.set(key, tally);
    return tally;
  }

  /**
   * Says which name a worker got.
   *
   * @param tally What counts its records.
   * @param worker The name.
   */
  name(tally: WorkerTally, worker: string): void {
    this.#names.set(tally, worker);
  }

  /**
   * Forgets a name. What was counted under it, and late records of its workers, are counted as those of
   * others.
   *
   * @param worker The name.
   */
  forget(worker: string): void {
    for (const [key, tally] of this.#tallies) {
      if (this.#names.get(tally) !== worker) continue;
      tally.join(this.#others ??= new TallyCounter());
      this.#names.delete(tally);
      this.#tallies.delete(key);
    }
  }

  /** The counts as they are now, with the records that are on their way. */
  counts(): RecordStats {
    threadSequence().collect();
    const workers: Record<string, RecordCounts> = {};
    const add = (name: string, counts: RecordCounts) =>
      workers[name] = sum([workers[name], counts]);
    if (this.#others) add(OTHER_WORKERS, this.#others);
    for (const [tally, name] of this.#names) add(name, tally.counts);
    return { ...sum(Object.values(workers)), workers };
  }
}

function sum(counts: readonly (RecordCounts | undefined)[]): RecordCounts {
  const total = (key: keyof RecordCounts) =>
    counts.reduce((before, each) => before + (each?.[key] ?? 0), 0);
  return {
    emitted: total("emitted"),
    written: total("written"),
    filtered: total("filtered"),
    dropped: total("dropped"),
  };
}
