/**
 * The workers of a backend, started when they are needed and used again.
 *
 * @module
 */

import type { Backend, BackendWorker, WorkerSite } from "./backend.ts";
import type { RecordLedger } from "./stats.ts";

const CLOSED = "Cannot finish a run: its Parallel was closed. Await the run before its scope ends";

/** What a pool needs beside its backend. */
export interface PoolOptions {
  /** How many workers there may be at once. */
  readonly size: number;
  /** Counts what becomes of the workers' records. */
  readonly ledger: RecordLedger;
  /** How much of them may be on its way. */
  readonly relay: WorkerSite["relay"];
}

/** Hands out workers, one call at a time each. */
export class WorkerPool implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #options: PoolOptions;
  readonly #size: number;
  /** How many workers may still be handed out. */
  #places: number;
  readonly #idle: BackendWorker[] = [];
  readonly #busy = new Set<BackendWorker>();
  readonly #waiting: (() => void)[] = [];
  #started = 0;
  #closed = false;

  /**
   * Makes a pool; no worker is started yet.
   *
   * @param backend What starts workers.
   * @param options How many there may be, and what becomes of their records.
   */
  constructor(backend: Backend, options: PoolOptions) {
    this.#backend = backend;
    this.#options = options;
    this.#size = Math.min(options.size, backend.maxWorkers);
    this.#places = this.#size;
  }

  /** How many workers there may be at once. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes a worker; waits while all are busy.
   *
   * @param isWanted Whether a worker is still needed, asked after the wait.
   * @returns An idle worker, or a new one; `undefined` if none is needed any more.
   * @throws {Error} If the pool was closed.
   */
  async acquire(isWanted: () => boolean): Promise<BackendWorker | undefined> {
    if (this.#places > 0) this.#places--;
    else if (!this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    // From here on a place is held: the worker keeps it, or it is passed on.
    let worker: BackendWorker | undefined;
    try {
      if (!isWanted()) return undefined;
      if (this.#closed) throw new Error(CLOSED);
      worker = this.#takeIdle() ?? this.#start();
      this.#busy.add(worker);
      return worker;
    } finally {
      if (!worker) this.#passOn();
    }
  }

  /**
   * Gives a worker back. One that is no longer alive makes room for a new one.
   *
   * @param worker What `acquire` returned.
   */
  release(worker: BackendWorker): void {
    if (!this.#busy.delete(worker)) return;
    if (worker.alive && !this.#closed) this.#idle.push(worker);
    this.#passOn();
  }

  /** The place goes to who has waited longest, so that no run starves another. */
  #passOn(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#places++;
  }

  /** A worker may have come to its end while it was idle. */
  #takeIdle(): BackendWorker | undefined {
    let worker: BackendWorker | undefined;
    do worker = this.#idle.pop(); while (worker && !worker.alive);
    return worker;
  }

  #start(): BackendWorker {
    const { ledger, relay } = this.#options;
    const number = ++this.#started;
    const tally = ledger.tallyOf(this.#backend.name, number);
    const worker = this.#backend.start(number, { tally, relay });
    ledger.name(tally, worker.name);
    return worker;
  }

  /** Ends all workers; calls that run or wait for one are rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const workers = [...this.#idle.splice(0), ...this.#busy];
    const ends = workers.map((worker) => worker.terminate(new Error(CLOSED)));
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(ends);
  }
}
