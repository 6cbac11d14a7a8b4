/**
 * The workers of one `Parallel`, and how long they live.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { CLOSED, type PoolOptions, WorkerPool } from "./pool.ts";

/** A use of the workers, as long as it is not disposed. */
export interface PoolUse extends AsyncDisposable {
  /**
   * The workers of a backend.
   *
   * @param backend The backend.
   * @param depth How many inline tasks are around the run, if it is to be inline itself: each of them has its
   * worker, and waits for the run.
   */
  readonly poolOf: (backend: Backend, depth: number) => WorkerPool;
  /** Aborts when the workers are closed: what uses them may wait for something else at that moment. */
  readonly closed: AbortSignal;
}

/**
 * A pool of workers for each backend that is used. They end with the last run that is under way, or, if
 * they are kept, when they are closed.
 */
export class Pools {
  readonly #options: PoolOptions;
  readonly #pools = new Map<Backend, WorkerPool[]>();
  /** Those that use them; each is told when they are closed. */
  readonly #uses = new Set<AbortController>();
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
    const use = new AbortController();
    this.#uses.add(use);
    return {
      poolOf: (backend, depth) => this.#poolOf(backend, depth),
      closed: use.signal,
      [Symbol.asyncDispose]: async () => {
        this.#uses.delete(use);
        if (this.#uses.size === 0 && !this.#kept) await this.#end();
      },
    };
  }

  /** Ends all workers, for good. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const use of this.#uses) use.abort(new Error(CLOSED));
    await this.#end();
  }

  #poolOf(backend: Backend, depth: number): WorkerPool {
    this.checkOpen(); // They may have been closed while Deno was asked for permissions.
    const pools = this.#pools.get(backend) ?? [];
    this.#pools.set(backend, pools);
    return pools[depth] ??= new WorkerPool(backend, this.#options);
  }

  async #end(): Promise<void> {
    const pools = [...this.#pools.values()].flat().filter((pool) => pool !== undefined);
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool[Symbol.asyncDispose]()));
  }
}
