/**
 * The port that every backend implements: where calls run.
 *
 * @module
 */

import type { CallerRealm } from "../logging/realm/caller_realm.ts";
import type { Fields } from "../logging/message.ts";
import type { RecordTally } from "../logging/outcome.ts";
import type { RelayOptions } from "../relay/relay_options.ts";
import type { Call } from "./task.ts";

/** A call with its place in the run. */
export interface Job {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** The task and its arguments. */
  readonly call: Call;
  /** Which run it belongs to. */
  readonly run: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** Runs what handles records of the run in the asynchronous context that it was started in. */
  readonly enter: <T>(fn: () => T) => T;
}

/** What a worker is given by the `Parallel` that starts it. */
export interface WorkerSite {
  /** Counts what becomes of the worker's records. */
  readonly tally: RecordTally;
  /** How much of them may be on its way. */
  readonly relay: Required<RelayOptions>;
}

/** Where calls run. */
export interface Backend {
  /** The name under which users choose it. */
  readonly name: string;
  /** How many workers make sense at most. */
  readonly maxWorkers: number;
  /**
   * Why these calls can't run here, as a sentence that says what to do; `undefined` if they can.
   *
   * @param calls The calls of a run.
   */
  obstacle(calls: readonly Call[]): Promise<string | undefined>;
  /**
   * Starts a worker.
   *
   * @param number Which worker of the pool it is, from 1.
   * @param site What it is given by the `Parallel` that starts it.
   */
  start(number: number, site: WorkerSite): BackendWorker;
}

/** What runs one call at a time. */
export interface BackendWorker {
  /** The name that its records carry, such as "Worker-1". */
  readonly name: string;
  /** Whether it can run another call. */
  readonly alive: boolean;
  /**
   * Runs a call. All records of the call are handled before it settles.
   *
   * @param job The call.
   * @param caller The realm that dispatched it; gets the records that find no handler.
   * @returns What the task returned.
   * @throws What the task threw; {@linkcode WorkerCrashError} if the worker came to an end.
   */
  run(job: Job, caller: CallerRealm): Promise<unknown>;
  /**
   * Ends it at once.
   *
   * @param reason What a call that it runs is rejected with.
   * @returns When its last records are handled. A worker that can't be stopped is not waited for.
   */
  terminate(reason: unknown): Promise<void>;
}
