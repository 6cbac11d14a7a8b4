/**
 * What each worker has done, for however many workers.
 *
 * @module
 */

import type { RecordCounts } from "../../logging/outcome.ts";
import type { WorkerStats } from "./parallel_stats.ts";
import { OTHER_WORKERS } from "./record_ledger.ts";

/** Of workers that came to their end, so many keep an entry of their own. */
const ENDED_WORKERS = 100;

const NO_RECORDS: RecordCounts = { emitted: 0, written: 0, filtered: 0, dropped: 0 };

/** What the workers of one name have done. */
class WorkerCount {
  started = 0;
  live = 0;
  batches = 0;
  calls = 0;
  /** Milliseconds in tasks, of finished batches. */
  busy = 0;
  /** When the batch was sent that is under way. */
  sent: number | undefined;
  /** Milliseconds alive, up to `#at`. */
  #alive = 0;
  #at = 0;

  /** One more of them is alive, or one less. */
  turn(by: 1 | -1, now: number): void {
    this.#alive = this.aliveAt(now);
    this.#at = now;
    this.live += by;
    if (this.live === 0) this.sent = undefined;
  }

  aliveAt(now: number): number {
    return this.#alive + this.live * (now - this.#at);
  }

  busyAt(now: number): number {
    return this.busy + (this.sent === undefined ? 0 : now - this.sent);
  }

  /** Adds what other workers did, which came to their end. */
  join(ended: WorkerCount, now: number): void {
    this.started += ended.started;
    this.batches += ended.batches;
    this.calls += ended.calls;
    this.busy += ended.busy;
    this.#alive += ended.aliveAt(now);
  }

  stats(now: number, records = NO_RECORDS): WorkerStats {
    const { started, live, batches, calls } = this;
    const [busy, alive] = [this.busyAt(now), this.aliveAt(now)];
    const utilization = utilizationOf(busy, alive);
    return { started, live, batches, calls, busy, alive, utilization, records };
  }
}

/** The clocks of two threads may disagree by a little: nobody is busy for more than all of the time. */
function utilizationOf(busy: number, alive: number): number {
  return alive > 0 ? Math.min(busy / alive, 1) : 0;
}

/**
 * The work of the workers of a `Parallel`, by name. Workers of the same name share an entry; of names whose
 * workers all came to their end only the last ones are kept, so that replaced workers take no memory.
 */
export class WorkerLedger {
  readonly #workers = new Map<string, WorkerCount>();
  /** The names whose workers came to their end, that of the last one at the end. */
  readonly #ended = new Set<string>();
  #others: WorkerCount | undefined;
  readonly #onForget: (worker: string) => void;

  /**
   * Begins without workers.
   *
   * @param onForget Is told the name of each entry that is not kept.
   */
  constructor(onForget: (worker: string) => void) {
    this.#onForget = onForget;
  }

  /**
   * A worker was started.
   *
   * @param worker Its name.
   * @param now The time, in milliseconds.
   */
  started(worker: string, now: number): void {
    let count = this.#workers.get(worker);
    if (!count) this.#workers.set(worker, count = new WorkerCount());
    this.#ended.delete(worker);
    count.started++;
    count.turn(1, now);
  }

  /**
   * A worker came to its end.
   *
   * @param worker Its name.
   * @param now The time, in milliseconds.
   */
  ended(worker: string, now: number): void {
    const count = this.#workers.get(worker);
    if (!count || count.live === 0) return;
    count.turn(-1, now);
    if (count.live > 0) return;
    this.#ended.add(worker);
    if (this.#ended.size > ENDED_WORKERS) this.#forgetOldest(now);
  }

  #forgetOldest(now: number): void {
    for (const worker of this.#ended) {
      const count = this.#workers.get(worker);
      if (count) this.#other.join(count, now);
      this.#workers.delete(worker);
      this.#ended.delete(worker);
      this.#onForget(worker);
      return;
    }
  }

  /**
   * A batch was sent to a worker.
   *
   * @param worker Its name.
   * @param now The time, in milliseconds.
   */
  sent(worker: string, now: number): void {
    const count = this.#countOf(worker);
    if (count.live > 0) count.sent = now;
  }

  /**
   * Calls came to their end.
   *
   * @param worker The name of their worker.
   * @param calls How many.
   */
  settled(worker: string, calls: number): void {
    this.#countOf(worker).calls += calls;
  }

  /**
   * A batch was finished.
   *
   * @param worker The name of its worker.
   * @param busy Milliseconds that were spent in tasks.
   */
  finished(worker: string, busy: number): void {
    const count = this.#countOf(worker);
    count.batches++;
    count.busy += busy;
    count.sent = undefined;
  }

  /** Last news of a worker may come when its name is no longer kept. */
  #countOf(worker: string): WorkerCount {
    return this.#workers.get(worker) ?? this.#other;
  }

  get #other(): WorkerCount {
    return this.#others ??= new WorkerCount();
  }

  /**
   * What they have done up to now.
   *
   * @param now The time, in milliseconds.
   * @param records What became of the records of each.
   * @returns What each has done, by its name.
   */
  stats(
    now: number,
    records: Readonly<Record<string, RecordCounts>>,
  ): Record<string, WorkerStats> {
    const stats: Record<string, WorkerStats> = {};
    if (this.#others) {
      stats[OTHER_WORKERS] = this.#others.stats(now, records[OTHER_WORKERS]);
    }
    for (const [worker, count] of this.#workers) stats[worker] = count.stats(now, records[worker]);
    return stats;
  }
}

/**
 * Adds up what workers have done.
 *
 * @param workers What each has done.
 * @param records What became of the records of all.
 * @returns What all have done.
 */
export function sumOfWorkers(
  workers: readonly WorkerStats[],
  records: RecordCounts,
): WorkerStats {
  const total = (key: "started" | "live" | "batches" | "calls" | "busy" | "alive") =>
    workers.reduce((sum, worker) => sum + worker[key], 0);
  const [busy, alive] = [total("busy"), total("alive")];
  return {
    started: total("started"),
    live: total("live"),
    batches: total("batches"),
    calls: total("calls"),
    busy,
    alive,
    utilization: utilizationOf(busy, alive),
    records,
  };
}
