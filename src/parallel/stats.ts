/**
 * What a `Parallel` has done so far, in numbers.
 *
 * @module
 */

import { type RecordCounts, TallyCounter } from "../logging/outcome.ts";
import { threadSequence } from "../logging/realm.ts";

/** What became of the records of all workers, and of each. */
export interface RecordStats extends RecordCounts {
  /** By the name of the worker, such as "Worker-1"; "MainProcess" for tasks that ran inline. */
  readonly workers: Readonly<Record<string, RecordCounts>>;
}

/** What a `Parallel` has done so far. */
export interface ParallelStats {
  /** What became of the records that its tasks logged. */
  readonly records: RecordStats;
}

/** The counts of the workers of a `Parallel`. Workers of the same name share them. */
export class RecordLedger {
  readonly #tallies = new Map<string, TallyCounter>();
  readonly #names = new Map<TallyCounter, string>();

  /**
   * What counts the records of a worker.
   *
   * @param backend The name of its backend.
   * @param number Which worker of the backend it is, from 1.
   * @returns The same for each worker of that backend and number.
   */
  tallyOf(backend: string, number: number): TallyCounter {
    const key = `${backend} ${number}`;
    const tally = this.#tallies.get(key) ?? new TallyCounter();
    this.#tallies.set(key, tally);
    return tally;
  }

  /** Says which name a worker got. */
  name(tally: TallyCounter, worker: string): void {
    this.#names.set(tally, worker);
  }

  /** The counts as they are now, with the records that are on their way. */
  counts(): RecordStats {
    threadSequence().collect();
    const workers: Record<string, RecordCounts> = {};
    for (const [tally, name] of this.#names) workers[name] = sum([workers[name], tally]);
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
