/**
 * What a task can know and tell while it runs: `currentTask()`.
 *
 * @module
 */

import type { Fields } from "../../logging/message.ts";
import { currentScope, type Scope } from "../../logging/scope.ts";

/** The task that is running, as it sees itself. */
export interface CurrentTask {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
  /** The name of the worker that runs it, such as "Worker-1"; "MainProcess" inline. */
  readonly worker: string;
  /**
   * Aborts when the task is to come to its end: its run was aborted, another call has failed, it has run
   * out of time, or nobody wants its result any more. A task that has asked for it gets `gracePeriod`
   * milliseconds to clean up; any other one is ended at once.
   *
   * It aborts only while the task awaits something, since a thread that is busy gets no message.
   */
  readonly signal: AbortSignal;
  /**
   * Tells the caller how far the task is: see the option `progress`.
   *
   * @param done How much is done.
   * @param total How much there is to do, if that is known.
   * @throws {TypeError} If one is no number.
   */
  progress(done: number, total?: number): void;
}

/** How deep a run is inside the tasks of others, and with how many others it shares the machine. */
export interface Nesting {
  /** How many runs are around it that are not inline. */
  readonly level: number;
  /** How many tasks of those may run at once. */
  readonly jobs: number;
  /** How many inline tasks of this thread are around. */
  readonly inline: number;
}

/** Outside of tasks. */
export const OUTERMOST: Nesting = { level: 0, jobs: 1, inline: 0 };

/** Where the tasks of a batch run, and who is told what they say. */
export interface TaskSite {
  /** Which run they belong to. */
  readonly run: string;
  /** The fields of the context that the run was started in. */
  readonly fields: Fields | undefined;
  readonly worker: string;
  /** Where a run that a task starts stands. */
  readonly nesting: Nesting;
  /** A task has asked for its signal. */
  readonly onListen: (index: number) => void;
  /** A task tells how far it is. */
  readonly onProgress: (index: number, done: number, total: number | undefined) => void;
}

/**
 * A running task: what it sees of itself, what is around its code, and how it is told to come to its end.
 *
 * It is its own scope, and its realm can be taken out of it: the store of scopes lets go of them late, and to
 * copy what they hold, at each collection of garbage, takes about as long as a tiny call (bench/calls.ts).
 */
export class TaskControl implements CurrentTask, Scope {
  readonly #index: number;
  readonly #attempt: number;
  #realm: unknown;
  readonly #site: TaskSite;
  #controller: AbortController | undefined;

  /**
   * Makes the control of a task that starts.
   *
   * @param site Where it runs.
   * @param call Which call of the run it is, and which attempt of that.
   */
  constructor(site: TaskSite, { index, attempt }: Pick<CurrentTask, "index" | "attempt">) {
    this.#site = site;
    this.#index = index;
    this.#attempt = attempt;
  }

  get index(): number {
    return this.#index;
  }

  get attempt(): number {
    return this.#attempt;
  }

  /** Not a field, which a copy of the task would have. */
  get realm(): unknown {
    return this.#realm;
  }
  set realm(realm: unknown) {
    this.#realm = realm;
  }

  get worker(): string {
    return this.#site.worker;
  }

  get signal(): AbortSignal {
    if (!this.#controller) this.#site.onListen(this.#index);
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get fields(): Fields | undefined {
    return this.#site.fields;
  }

  get task(): this {
    return this;
  }

  /** Which run it belongs to. */
  get run(): string {
    return this.#site.run;
  }

  /** Where a run that the task starts stands. */
  get nesting(): Nesting {
    return this.#site.nesting;
  }

  progress(done: number, total?: number): void {
    if (typeof done === "number" && (total === undefined || typeof total === "number")) {
      return this.#site.onProgress(this.#index, done, total);
    }
    throw new TypeError(
      `Cannot tell the progress of a task as ${typeof done} of ${typeof total}: give numbers, ` +
        "currentTask().progress(done, total)",
    );
  }

  /** Aborts the task's signal, also one that it has not asked for yet. */
  cancel(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/** The task that is running here, if there is one. */
function runningTask(): TaskControl | undefined {
  return currentScope().task as TaskControl | undefined; // Only a TaskRunner puts one there.
}

/**
 * The task that is running.
 *
 * @returns What it can know and tell.
 * @throws {Error} If no task is running here.
 *
 * @example
 * ```ts
 * import { currentTask, Parallel } from "@paralog/paralog/parallel";
 *
 * const work = (seconds: number) => `${seconds} by ${currentTask().worker}`;
 * console.log(await new Parallel(1).map(work, [1, 2])); // [ "1 by MainProcess", "2 by MainProcess" ]
 * ```
 */
export function currentTask(): CurrentTask {
  const control = runningTask();
  if (control) return control;
  throw new Error(
    "Cannot tell the current task: none is running here. Call currentTask() within a function that " +
      "Parallel runs",
  );
}

/** Where a run that is started here stands. */
export function currentNesting(): Nesting {
  return runningTask()?.nesting ?? OUTERMOST;
}
