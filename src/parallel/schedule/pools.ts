/**
 * The workers of one `Parallel`, and how long they live.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { type PoolOptions, WorkerPool } from "./pool.ts";

/** A use of the workers, as long as it is not disposed. */
export interface PoolUse extends AsyncDisposable {
  /** The workers of a backend. */
  readonly poolOf: (backend: Backend) => WorkerPool;
}

/**
 * A pool of workers for each backend that is used. They end with the last run that is under way, or, if
 * they are kept, when they are closed.
 */
export class Pools {
  readonly #options: PoolOptions;
  readonly #pools = new Map<Backend, WorkerPool>();
  #runs = 0;
  #kept = false;
  #closed = false;

  /**
   * Begins without workers.
   *
   * @param options What each pool needs beside its backend.
   */
  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** From now on the workers outlive runs. */
  keep(): void {
    this.#kept = true;
  }

  /**
   * Checks that there may be runs.
   *
   * @throws {TypeError} If they are closed.
   */
  checkOpen(): void {
    if (!this.#closed) return;
    throw new TypeError(
      "Cannot run calls: this Parallel was closed. Await the run before its scope ends, or make a " +
        "new one",
    );
  }

  /**
   * Begins something that needs workers: they live at least until what this returns is disposed.
   *
   * @returns Finds the pool of a backend.
   */
  enter(): PoolUse {
    this.#runs++;
    return {
      poolOf: (backend) => this.#poolOf(backend),
      [Symbol.asyncDispose]: async () => {
        if (--this.#runs === 0 && !this.#kept) await this.#end();
      },
    };
  }

  /** Ends all workers, for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  #poolOf(backend: Backend): WorkerPool {
    this.checkOpen(); // They may have been closed while Deno was asked for permissions.
    const pool = this.#pools.get(backend) ?? new WorkerPool(backend, this.#options);
    this.#pools.set(backend, pool);
    return pool;
  }

  async #end(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool[Symbol.asyncDispose]()));
  }
}
