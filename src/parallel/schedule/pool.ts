/**
 * The workers of a backend, started when they are needed and used again.
 *
 * @module
 */

import type { Backend, BackendWorker, WorkerSite } from "../backend.ts";
import type { StatsLedger } from "../stats/stats_ledger.ts";

/** What runs are rejected with whose workers were closed. */
export const CLOSED =
  "Cannot finish a run: its Parallel was closed. Await the run before its scope ends";

/** What a pool needs beside its backend. */
export interface PoolOptions {
  /** How many workers there may be at once. */
  readonly size: number;
  /** Counts what workers do, and what becomes of their records. */
  readonly ledger: StatsLedger;
  /** What each worker is given. */
  readonly site: Omit<WorkerSite, "tally" | "addBytes">;
  /** How many calls a worker runs before another one takes its place. */
  readonly maxTasksPerWorker: number;
  /** After how many milliseconds without a call a worker ends. */
  readonly idleTimeout: number;
}

/** A worker that waits for calls, and since when: milliseconds of `performance.now()`. */
interface IdleWorker {
  readonly worker: BackendWorker;
  readonly since: number;
}

/** Hands out workers, one batch at a time each. */
export class WorkerPool implements AsyncDisposable {
  readonly #backend: Backend;
  readonly #options: PoolOptions;
  readonly #size: number;
  /** How many workers may still be handed out. */
  #places: number;
  /** The one that was used last is the last one, and the first to be used again. */
  #idle: IdleWorker[] = [];
  readonly #busy = new Set<BackendWorker>();
  readonly #waiting: (() => void)[] = [];
  /** How many calls each worker has run. */
  readonly #used = new Map<BackendWorker, number>();
  /** Workers that come to their end. */
  readonly #ends = new Set<Promise<void>>();
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #started = 0;
  #closed = false;

  /**
   * Makes a pool; no worker is started yet.
   *
   * @param backend What starts workers.
   * @param options How many there may be, how long they live, and what they are given.
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
   * @throws {Error} If the pool was closed, or the backend can't start a worker.
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

  /** Whether a worker has run no call so far. */
  isUnused(worker: BackendWorker): boolean {
    return this.#used.get(worker) === 0;
  }

  /** How many calls a worker may still run. */
  roomOf(worker: BackendWorker): number {
    return this.#options.maxTasksPerWorker - (this.#used.get(worker) ?? 0);
  }

  /**
   * Gives a worker back. One that is no longer alive, or has run as many calls as it may, makes room for a
   * new one.
   *
   * @param worker What `acquire` returned.
   * @param calls How many calls it has run.
   */
  release(worker: BackendWorker, calls: number): void {
    if (!this.#busy.delete(worker)) return;
    this.#used.set(worker, (this.#used.get(worker) ?? 0) + calls);
    if (!worker.alive || this.#closed) this.#forget(worker);
    else if (this.roomOf(worker) <= 0) this.#end(worker);
    else this.#keep(worker);
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
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.worker.alive) return idle.worker;
      this.#forget(idle.worker);
    }
    return undefined;
  }

  #start(): BackendWorker {
    const { ledger, site } = this.#options;
    const number = ++this.#started;
    const tally = ledger.records.tallyOf(this.#backend.name, number);
    const addBytes = (sent: number, received: number) => ledger.addBytes(sent, received);
    const worker = this.#backend.start(number, { ...site, tally, addBytes });
    ledger.records.name(tally, worker.name);
    ledger.workerStarted(worker.name);
    this.#used.set(worker, 0);
    return worker;
  }

  #keep(worker: BackendWorker): void {
    this.#idle.push({ worker, since: performance.now() });
    if (this.#options.idleTimeout !== Infinity) this.#idleTimer ??= this.#watchIdle();
  }

  /** Keeps no program alive. */
  #watchIdle(): ReturnType<typeof setTimeout> {
    const { idleTimeout } = this.#options;
    const since = this.#idle[0]?.since ?? performance.now();
    const timer = setTimeout(() => {
      const before = performance.now() - idleTimeout;
      const late = this.#idle.filter(({ since }) => since <= before);
      this.#idle = this.#idle.filter(({ since }) => since > before);
      for (const { worker } of late) this.#end(worker);
      this.#idleTimer = this.#idle.length > 0 ? this.#watchIdle() : undefined;
    }, Math.ceil(since + idleTimeout - performance.now()));
    Deno.unrefTimer(timer);
    return timer;
  }

  /** Ends a worker that has nothing to do. */
  #end(worker: BackendWorker): void {
    const end = worker.terminate(new Error(`${worker.name} was ended: it had nothing to do`));
    const ended = end.finally(() => this.#ends.delete(ended));
    this.#ends.add(ended);
    this.#forget(worker);
  }

  #forget(worker: BackendWorker): void {
    if (this.#used.delete(worker)) this.#options.ledger.workerEnded(worker.name);
  }

  /** Ends all workers; calls that run or wait for one are rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    const workers = [...this.#idle.splice(0).map(({ worker }) => worker), ...this.#busy];
    const ends = workers.map((worker) => worker.terminate(new Error(CLOSED)));
    for (const worker of workers) this.#forget(worker);
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...ends, ...this.#ends]);
  }
}
