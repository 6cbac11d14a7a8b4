/**
 * Giving the calls of a run to workers, and gathering what they return.
 *
 * @module
 */

import type { CallerRealm } from "../logging/realm/caller_realm.ts";
import type { BackendWorker, Job } from "./backend.ts";
import type { WorkerPool } from "./pool.ts";

/** What a run needs beside its calls. */
export interface ScheduleOptions {
  /** Where the workers come from. */
  readonly pool: WorkerPool;
  /** The realm that dispatches the run. */
  readonly caller: CallerRealm;
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
  /**
   * Stands around each call; what it returns is the call's result.
   *
   * @default nothing does
   */
  readonly around?: (index: number, run: () => Promise<unknown>) => Promise<unknown>;
}

/**
 * Runs calls, each worker taking the next one when it is free.
 *
 * The first call that fails ends the run: no further call is started, and workers that run another
 * one are terminated. The same happens when the signal aborts.
 *
 * @param jobs The calls with their places.
 * @param options The workers, the realm and the signal.
 * @returns The results, in the order of the calls.
 * @throws What the first call threw that failed, or the reason of the signal.
 */
export async function schedule(
  jobs: readonly Job[],
  { pool, caller, signal, around = (_index, run) => run() }: ScheduleOptions,
): Promise<unknown[]> {
  signal?.throwIfAborted();
  const results = new Array<unknown>(jobs.length);
  const running = new Set<BackendWorker>();
  let next = 0;
  let stopped = false;

  const isWanted = () => !stopped && next < jobs.length;
  const lane = async () => {
    while (isWanted()) {
      const worker = await pool.acquire(isWanted);
      if (!worker) return;
      running.add(worker);
      try {
        const job = isWanted() ? jobs[next++] : undefined; // Another lane may have been quicker.
        if (job) results[job.index] = await around(job.index, () => worker.run(job, caller));
      } catch (error) {
        stopped = true; // Before another lane gets this worker.
        throw error;
      } finally {
        running.delete(worker);
        pool.release(worker);
      }
    }
  };

  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    stopped = true;
    aborted.reject(signal?.reason);
  };
  signal?.addEventListener("abort", onAbort);
  try {
    const lanes = Array.from({ length: Math.min(pool.size, jobs.length) }, lane);
    await Promise.race([Promise.all(lanes), aborted.promise]);
    return results;
  } catch (error) {
    stopped = true;
    await Promise.all([...running].map((worker) => worker.terminate(error)));
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
