/**
 * `Parallel`: puts tasks, backends and the scheduler together.
 *
 * @module
 */

import { currentContext } from "../logging/context.ts";
import { inspect } from "../logging/text/inspect.ts";
import { currentRealm, getLogger } from "../logging/realm.ts";
import { toCloneableFields } from "../relay/cloneable.ts";
import type { Backend, Job } from "./backend.ts";
import { inlineBackend } from "./backends/inline.ts";
import { workersBackend } from "./backends/workers.ts";
import { checkNotImporting } from "./import_task.ts";
import { WorkerPool } from "./pool.ts";
import { schedule } from "./scheduler.ts";
import { type Call, checkCall, delayed } from "./task.ts";

/** Options of {@linkcode Parallel}. */
export interface ParallelOptions {
  /**
   * Where calls run: "inline" in this thread, one after the other; "workers" in Web Workers; "auto"
   * inline if `nJobs` is 1, otherwise in workers, and inline with a warning where Deno refuses to
   * start workers.
   *
   * @default "auto"
   */
  backend?: "auto" | "inline" | "workers" | Backend;
  /**
   * Stops all runs when it aborts: their promises reject with its reason.
   *
   * @default none
   */
  signal?: AbortSignal;
}

/** Options of {@linkcode Parallel.run} and {@linkcode Parallel.map}. */
export interface RunOptions {
  /**
   * Stops this run when it aborts: its promise rejects with the reason, calls that wait are not
   * started, and workers that run one are terminated. A call that runs inline can't be stopped; it
   * is no longer waited for.
   *
   * @default none
   */
  signal?: AbortSignal;
}

/** What a call results in. */
export type ResultOf<C> = C extends Call<infer R> ? R : never;

/** What each of some calls results in, in their order. */
export type Results<T extends readonly Call[]> = { -readonly [K in keyof T]: ResultOf<T[K]> };

const OPTIONS: ReadonlySet<string> = new Set<keyof ParallelOptions>(["backend", "signal"]);
const RUN_OPTIONS: ReadonlySet<string> = new Set<keyof RunOptions>(["signal"]);

const BACKENDS = { inline: inlineBackend, workers: workersBackend } as const;

/**
 * Runs functions in parallel, as joblib's `Parallel` does in Python. Every task runs in a realm of
 * its own: it can configure its root logger as if it ran alone, and what it logs without doing so
 * goes to the handlers of the caller. Results, errors and log lines are the same inline and in
 * workers.
 *
 * Workers end with the run. With `await using` they live until the scope ends, so that several runs
 * share them.
 *
 * @example
 * ```ts
 * import { delayed, Parallel } from "@paralog/paralog/parallel";
 *
 * await using parallel = new Parallel(1);
 * const results = await parallel.run([1, 2, 3].map((x) => delayed((x: number) => x * x)(x)));
 * console.log(results);
 * ```
 */
export class Parallel implements AsyncDisposable {
  /** How many calls run at once. */
  readonly nJobs: number;
  readonly #backend: "auto" | Backend;
  readonly #signal: AbortSignal | undefined;
  readonly #pools = new Map<Backend, WorkerPool>();
  #runs = 0;
  #kept = false;
  #closed = false;
  #warned = false;

  /**
   * Makes a runner; no worker is started yet.
   *
   * @param nJobs How many calls run at once: 3, or -1 for all cores, -2 for all but one, …
   * @param options Where calls run, and a signal.
   * @throws {RangeError} If `nJobs` is 0 or no whole number.
   * @throws {TypeError} If an option is unknown or has no such value.
   */
  constructor(nJobs: number, options: ParallelOptions = {}) {
    this.nJobs = countJobs(nJobs);
    checkOptions("make a Parallel", options, OPTIONS);
    this.#backend = findBackend(options.backend ?? "auto");
    this.#signal = options.signal;
  }

  /**
   * Runs calls and gathers their results.
   *
   * The first call that fails ends the run: its error is thrown, waiting calls are not started and
   * running ones are stopped.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options A signal for this run.
   * @returns The results, in the order of the calls.
   * @throws What the first call threw that failed.
   * @throws {TypeError} If something is no call, or arguments or a result can't be sent.
   * @throws {WorkerCrashError} If a worker came to an end while it ran a call.
   * @throws {Deno.errors.NotCapable} If the backend was named and Deno refuses to start it.
   */
  run<const T extends readonly Call[]>(calls: T, options?: RunOptions): Promise<Results<T>>;
  /**
   * The same for calls that come from an iterable.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options A signal for this run.
   * @returns The results, in the order of the calls.
   * @throws What the other form throws.
   */
  run<C extends Call>(calls: Iterable<C>, options?: RunOptions): Promise<ResultOf<C>[]>;
  async run(calls: Iterable<Call>, options: RunOptions = {}): Promise<unknown> {
    checkNotImporting();
    this.#checkOpen();
    checkOptions("run calls", options, RUN_OPTIONS);
    if (typeof calls?.[Symbol.iterator] !== "function") {
      throw new TypeError(
        `Cannot run ${inspect(calls)}: give a list of calls, run([delayed(fn)(...args), …])`,
      );
    }
    const caller = currentRealm();
    const fields = currentContext();
    const context = fields && toCloneableFields(fields); // Inline too, to be the same there.
    const run = caller.origin.nextRun();
    const jobs = Array.from(
      calls,
      (call, index): Job => ({ index, call: checkCall(call, index), run, context }),
    );
    const signals = [this.#signal, options.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    this.#runs++;
    try {
      const pool = this.#poolOf(await this.#chooseBackend(jobs.map(({ call }) => call)));
      return await schedule(jobs, { pool, caller, signal });
    } finally {
      if (--this.#runs === 0 && !this.#kept) this.#closePools();
    }
  }

  /**
   * Calls a function for each item; the same as `run` with a call for each.
   *
   * @param fn A task, or a self-contained function.
   * @param items What to call it with.
   * @param options A signal for this run.
   * @returns The results, in the order of the items.
   * @throws What `run` throws.
   *
   * @example
   * ```ts
   * import { Parallel } from "@paralog/paralog/parallel";
   *
   * console.log(await new Parallel(1).map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
   * ```
   */
  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: RunOptions = {},
  ): Promise<Awaited<R>[]> {
    if (typeof items?.[Symbol.iterator] !== "function") {
      throw new TypeError(
        `Cannot map over ${inspect(items)}: give a list of items, map(fn, [1, 2])`,
      );
    }
    const call = delayed(fn);
    return await this.run(Array.from(items, (item) => call(item)), options);
  }

  /**
   * Ends the workers. `await using` asks for this method when the scope begins, which is how a
   * `Parallel` learns that its workers shall outlive a run; Python's `__enter__`.
   */
  get [Symbol.asyncDispose](): () => Promise<void> {
    this.#kept = true;
    return () => {
      this.#closed = true;
      this.#closePools();
      return Promise.resolve();
    };
  }

  async #chooseBackend(calls: readonly Call[]): Promise<Backend> {
    const wanted = this.#backend !== "auto"
      ? this.#backend
      : this.nJobs === 1
      ? inlineBackend
      : workersBackend;
    const obstacle = await wanted.obstacle(calls);
    if (obstacle === undefined) return wanted;
    if (this.#backend !== "auto") throw new Deno.errors.NotCapable(obstacle);
    if (!this.#warned) {
      this.#warned = true;
      getLogger("paralog").warn(
        `${obstacle} to run in parallel. Running inline instead, with the same results and records`,
      );
    }
    return inlineBackend;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new TypeError(
      "Cannot run calls: this Parallel was closed. Await the run before its scope ends, or make a " +
        "new one",
    );
  }

  #poolOf(backend: Backend): WorkerPool {
    this.#checkOpen(); // It may have been closed while Deno was asked for permissions.
    let pool = this.#pools.get(backend);
    if (!pool) {
      pool = new WorkerPool(backend, this.nJobs);
      this.#pools.set(backend, pool);
    }
    return pool;
  }

  #closePools(): void {
    for (const pool of this.#pools.values()) pool[Symbol.dispose]();
    this.#pools.clear();
  }
}

function checkOptions(
  what: string,
  options: { readonly signal?: AbortSignal },
  allowed: ReadonlySet<string>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${what} with ${inspect(options)} as options: give an object`);
  }
  for (const key of Object.keys(options)) {
    if (allowed.has(key)) continue;
    throw new TypeError(
      `Cannot ${what}: unknown option "${key}", allowed are ${[...allowed].join(", ")}`,
    );
  }
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw new TypeError(
      `Cannot ${what} with ${inspect(options.signal)} as signal: give an AbortSignal`,
    );
  }
}

/** joblib's arithmetic: -1 is all cores, -2 all but one; never less than 1. */
function countJobs(nJobs: number): number {
  if (!Number.isSafeInteger(nJobs) || nJobs === 0) {
    throw new RangeError(
      `Cannot run ${inspect(nJobs)} jobs at once: nJobs must be 1, 2, 3, …, or -1 for all cores, ` +
        "-2 for all but one, …",
    );
  }
  return nJobs > 0 ? nJobs : Math.max(navigator.hardwareConcurrency + 1 + nJobs, 1);
}

function findBackend(backend: "auto" | keyof typeof BACKENDS | Backend): "auto" | Backend {
  if (backend === "auto") return backend;
  if (typeof backend === "string" && Object.hasOwn(BACKENDS, backend)) return BACKENDS[backend];
  if (
    typeof backend === "object" && typeof backend?.start === "function" &&
    typeof backend.obstacle === "function" && typeof backend.maxWorkers === "number"
  ) return backend;
  throw new TypeError(
    `Cannot use ${inspect(backend)} as a backend: use "auto", ` +
      `${
        Object.keys(BACKENDS).map((name) => `"${name}"`).join(", ")
      }, or an object that implements Backend`,
  );
}
