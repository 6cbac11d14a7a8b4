/**
 * The workers of a backend, started when they are needed and used again.
 *
 * @module
 */

import type { Backend, BackendWorker } from "./backend.ts";

/** Hands out workers, one call at a time each. */
export class WorkerPool implements Disposable {
  readonly #backend: Backend;
  readonly #size: number;
  readonly #idle: BackendWorker[] = [];
  readonly #busy = new Set<BackendWorker>();
  readonly #waiting: (() => void)[] = [];
  #started = 0;

  /**
   * Makes a pool; no worker is started yet.
   *
   * @param backend What starts workers.
   * @param size How many there may be at once.
   */
  constructor(backend: Backend, size: number) {
    this.#backend = backend;
    this.#size = Math.min(size, backend.maxWorkers);
  }

  /** How many workers there may be at once. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes a worker; waits while all are busy.
   *
   * @returns An idle worker, or a new one.
   */
  async acquire(): Promise<BackendWorker> {
    while (this.#busy.size >= this.#size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const worker = this.#idle.pop() ?? this.#backend.start(++this.#started);
    this.#busy.add(worker);
    return worker;
  }

  /**
   * Gives a worker back. One that is no longer alive makes room for a new one.
   *
   * @param worker What `acquire` returned.
   */
  release(worker: BackendWorker): void {
    if (this.#busy.delete(worker) && worker.alive) this.#idle.push(worker);
    this.#waiting.shift()?.();
  }

  /** Ends all workers. */
  [Symbol.dispose](): void {
    for (const worker of [...this.#idle.splice(0), ...this.#busy]) worker.terminate();
  }
}
