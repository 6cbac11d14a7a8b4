/**
 * The port that every backend implements: where calls run.
 *
 * @module
 */

import type { CallerRealm } from "../logging/realm/caller_realm.ts";
import type { Fields } from "../logging/message.ts";
import type { RecordTally } from "../logging/outcome.ts";
import type { LogRecord } from "../logging/record.ts";
import type { RelayOptions } from "../relay/relay_options.ts";
import type { Nesting } from "./tasks/current_task.ts";
import type { ProcessPermissions } from "./options/permissions.ts";
import type { Call } from "./tasks/task.ts";
import type { TransferPlan } from "./values/transfer.ts";

/** What the calls of a run have in common. */
export interface JobRun {
  /** Names the run: see `run` of a record. */
  readonly id: string;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** Where runs that the call starts stand; none is around them if it is left out. */
  readonly nesting?: Nesting;
  /** Runs what handles records of the run in the asynchronous context that it was started in. */
  readonly enter: <T>(fn: () => T) => T;
}

/** A call with its place in the run. */
export interface Job {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** The task and its arguments. */
  readonly call: Call;
  /** Which run it belongs to. */
  readonly run: JobRun;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
}

/** What became of a call. */
export type JobOutcome =
  | {
    readonly ok: true;
    /** What the task returned. */
    readonly value: unknown;
    /** How long the task ran, in milliseconds. */
    readonly ms: number;
  }
  | {
    readonly ok: false;
    /** What the task threw, or why it could not run. */
    readonly error: unknown;
    /** How long the task ran, in milliseconds. */
    readonly ms: number;
  };

/** Who is told of the calls of a batch. */
export interface BatchListener {
  /**
   * The batch waits for something that takes it, elsewhere, or nothing is heard of it: this time is no call's. Or it
   * was taken, or is heard of again.
   *
   * @param isWaiting Which of both.
   */
  onWaiting(isWaiting: boolean): void;
  /** The worker begins with the first call: it is up, and its initializer has run. From here on, a call is to blame. */
  onBegin(): void;
  /**
   * The module of the running call's task is being loaded, which takes time of its own; or it is no longer.
   *
   * @param isLoading Which of both.
   */
  onLoading(isLoading: boolean): void;
  /**
   * The next calls of the batch, in their order, have come to their end. Their records are handled.
   *
   * @param outcomes What became of them.
   */
  onSettled(outcomes: readonly JobOutcome[]): void;
  /**
   * A running call tells how far it is.
   *
   * @param index Which call of the run it is.
   * @param done How much is done.
   * @param total How much there is to do, if that is known.
   */
  onProgress(index: number, done: number, total: number | undefined): void;
}

/** What a backend may give beyond running calls. */
export type Ability =
  /** A worker can be stopped at any moment, whatever its task does. */
  | "timeout"
  /** A worker has a memory of its own, which can be limited. */
  | "memoryLimit"
  /** A worker has permissions of its own. */
  | "permissions";

/** What a worker is given by the `Parallel` that starts it. */
export interface WorkerSite {
  /** The same object for all workers of a `Parallel`, and for no others. */
  readonly owner: object;
  /** Counts what becomes of the worker's records. */
  readonly tally: RecordTally;
  /** How much of them may be on its way. */
  readonly relay: Required<RelayOptions>;
  /** What the worker runs before its first call. */
  readonly initializer: Call | undefined;
  /** After how many calls another one takes its place. A backend whose workers share processes sees to it itself. */
  readonly maxTasks: number;
  /** How much memory it may have, in megabytes; only for backends that can limit it. */
  readonly memoryLimit: number | undefined;
  /** What it may do; only for backends that can restrict it. */
  readonly permissions: ProcessPermissions | undefined;
  /** What of the arguments and results is moved, not copied. */
  readonly transfer: TransferPlan | undefined;
  /** Counts what crosses pipes, in bytes, where that is known. */
  readonly addBytes: (sent: number, received: number) => void;
}

/** Where calls run. */
export interface Backend {
  /** The name under which users choose it. */
  readonly name: string;
  /** How many workers make sense at most. */
  readonly maxWorkers: number;
  /** What it can give beyond running calls; options that need more are refused. */
  readonly abilities: readonly Ability[];
  /**
   * About how long it takes to send a batch and to hear of its end, in milliseconds. Batches are made so big that
   * it does not matter.
   *
   * @default 0.05
   */
  readonly roundTrip?: number;
  /**
   * Why these calls can't run here, as a sentence that says what to do; `undefined` if they can.
   *
   * @param calls The calls of a run, as far as they are known before it starts.
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

/** What runs batches of calls, one batch at a time. */
export interface BackendWorker {
  /** The name that its records carry, such as "Worker-1". */
  readonly name: string;
  /** Whether it can run another batch. */
  readonly alive: boolean;
  /**
   * Runs calls, one after the other. All records of a call are handled before its end is told. A call that
   * can't be sent is settled in its turn, as one that throws.
   *
   * @param batch The calls, all of the same run.
   * @param caller The realm that dispatched them; gets the records that find no handler.
   * @param listener Who is told what becomes of them.
   * @returns When all calls have come to their end, and the worker is free.
   * @throws {WorkerCrashError} If the worker came to an end before: while it ran the first call whose end was
   * not told. Where `onBegin` was not told either, no call has run.
   * @throws What `terminate` was given, if that ended it.
   */
  run(batch: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void>;
  /**
   * Tells the running call to come to its end: the signal of its `currentTask()` aborts.
   *
   * @param reason Why.
   * @returns Whether the call listens to its signal, as far as is known here.
   */
  cancel(reason: unknown): boolean;
  /**
   * What a call has logged last, for the error of one that takes too long.
   *
   * @param run Which run the call belongs to.
   * @param index Which call of the run it is.
   * @returns A few records, the newest one last.
   */
  lastRecords?(run: string, index: number): readonly LogRecord[];
  /**
   * Ends it at once.
   *
   * @param reason What `run` is rejected with.
   * @returns When its last records are handled. A worker that can't be stopped is not waited for.
   */
  terminate(reason: unknown): Promise<void>;
}
