/**
 * `Parallel`: puts tasks, backends and the scheduler together.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { currentContext } from "../logging/context.ts";
import { inspect } from "../logging/text/inspect.ts";
import { currentRealm } from "../logging/realm.ts";
import { toCloneableFields } from "../relay/cloneable.ts";
import { checkRelayOptions, type RelayOptions } from "../relay/relay_options.ts";
import type { Job } from "./backend.ts";
import { inlineBackend } from "./backends/inline.ts";
import { BackendChoice, type BackendOption } from "./backend_choice.ts";
import { checkOptions } from "./check_options.ts";
import { checkNotImporting } from "./import_task.ts";
import { Pools } from "./pools.ts";
import type { LoggedResult, LoggedResults, Results } from "./results.ts";
import {
  checkRunOptions,
  type CollectingRunOptions,
  type PlainRunOptions,
  type RunOptions,
} from "./run_options.ts";
import { holdInterrupts } from "./interrupts.ts";
import { schedule } from "./scheduler.ts";
import { type ParallelStats, RecordLedger } from "./stats.ts";
import { type Call, checkCall, delayed } from "./task.ts";
import { RunLogs } from "./task_logs/run_logs.ts";

/** Options of {@linkcode Parallel}. */
export interface ParallelOptions {
  /**
   * Where calls run: "inline" in this thread, one after the other; "workers" in Web Workers; "auto"
   * inline if `nJobs` is 1, otherwise in workers, and inline with a warning where Deno refuses to
   * start workers.
   *
   * @default "auto"
   */
  backend?: BackendOption;
  /**
   * How many records may be on their way from a worker, and how long one that logs waits for room.
   *
   * @default see RelayOptions
   */
  relay?: RelayOptions;
  /**
   * Stops all runs when it aborts: their promises reject with its reason.
   *
   * @default none
   */
  signal?: AbortSignal;
}

const OPTIONS = ["backend", "relay", "signal"] as const;

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
  readonly #signal: AbortSignal | undefined;
  readonly #backend: BackendChoice;
  readonly #ledger = new RecordLedger();
  readonly #pools: Pools;

  /**
   * Makes a runner; no worker is started yet.
   *
   * @param nJobs How many calls run at once: 3, or -1 for all cores, -2 for all but one, …
   * @param options Where calls run, how their records travel, and a signal.
   * @throws {RangeError} If `nJobs` is 0 or no whole number, or a number of the relay is out of range.
   * @throws {TypeError} If an option is unknown or has no such value.
   */
  constructor(nJobs: number, options: ParallelOptions = {}) {
    this.nJobs = countJobs(nJobs);
    checkOptions("make a Parallel", options, OPTIONS);
    this.#signal = options.signal;
    this.#backend = new BackendChoice(options.backend ?? "auto", this.nJobs);
    const relay = checkRelayOptions(options.relay);
    this.#pools = new Pools({ size: this.nJobs, ledger: this.#ledger, relay });
  }

  /** What it has done so far, in numbers. */
  get stats(): ParallelStats {
    return { records: this.#ledger.counts() };
  }

  /**
   * Runs calls and gathers, for each, its result and what its task logged.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options With `collectLogs: true`.
   * @returns Each result with its records, in the order of the calls.
   * @throws What the other forms throw.
   *
   * @example
   * ```ts
   * import { delayed, getLogger, Parallel } from "@paralog/paralog";
   *
   * const double = delayed((x: number) => {
   *   getLogger("app").warn("doubling %d", x);
   *   return 2 * x;
   * });
   * const results = await new Parallel(1).run([double(4)], { collectLogs: true });
   * for (const { value, records } of results) console.log(value, records[0]?.msg); // 8 doubling 4
   * ```
   */
  run<const T extends Iterable<Call>>(
    calls: T,
    options: CollectingRunOptions,
  ): Promise<LoggedResults<T>>;
  /**
   * Runs calls and gathers their results.
   *
   * The first call that fails ends the run: its error is thrown, waiting calls are not started and
   * running ones are stopped.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call: a list, or any iterable.
   * @param options A signal for this run, and what becomes of its tasks' records.
   * @returns The results, in the order of the calls.
   * @throws What the first call threw that failed.
   * @throws {TypeError} If something is no call, or arguments or a result can't be sent.
   * @throws {WorkerCrashError} If a worker came to an end while it ran a call.
   * @throws {Deno.errors.NotCapable} If the backend was named and Deno refuses to start it.
   * @throws {Error} What opening the log of a task throws: see `taskLogs`.
   */
  run<const T extends Iterable<Call>>(calls: T, options?: PlainRunOptions): Promise<Results<T>>;
  /**
   * Runs calls with options of which it is not known here whether they ask for records: handed on from
   * elsewhere, or with a variable as `collectLogs`.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options A signal for this run, and what becomes of its tasks' records.
   * @returns In the order of the calls, the results, or each with its records.
   * @throws What the other forms throw.
   */
  run<const T extends Iterable<Call>>(
    calls: T,
    options?: RunOptions,
  ): Promise<Results<T> | LoggedResults<T>>;
  async run(calls: Iterable<Call>, options: RunOptions = {}): Promise<unknown> {
    checkNotImporting();
    this.#pools.checkOpen();
    const { collectLogs, taskLogs, ...plan } = checkRunOptions(options);
    const caller = currentRealm();
    const run = caller.origin.nextRun();
    const jobs = toJobs(calls, run);
    const signal = eitherSignal(this.#signal, plan.signal);
    return await this.#pools.use(async (poolOf) => {
      const backend = await this.#backend.choose(jobs.map(({ call }) => call));
      const pool = poolOf(backend);
      // Inline nothing is on its way, and Ctrl-C need not wait until a task yields.
      using _ = backend === inlineBackend ? undefined : holdInterrupts();
      if (!collectLogs && !taskLogs) return await schedule(jobs, { pool, caller, signal });
      await using logs = new RunLogs({ run, caller, collectLogs, taskLogs, signal });
      const around = logs.watch.bind(logs);
      return await schedule(jobs, { pool, caller: logs, signal, around });
    });
  }

  /**
   * Calls a function for each item, and gathers, for each, its result and what its task logged.
   *
   * @param fn A task, or a self-contained function.
   * @param items What to call it with.
   * @param options With `collectLogs: true`.
   * @returns Each result with its records, in the order of the items.
   * @throws What `run` throws.
   */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: CollectingRunOptions,
  ): Promise<LoggedResult<Awaited<R>>[]>;
  /**
   * Calls a function for each item; the same as `run` with a call for each.
   *
   * @param fn A task, or a self-contained function.
   * @param items What to call it with.
   * @param options A signal for this run, and what becomes of its tasks' records.
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
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: PlainRunOptions,
  ): Promise<Awaited<R>[]>;
  /**
   * Calls a function for each item, with options of which it is not known here whether they ask for
   * records.
   *
   * @param fn A task, or a self-contained function.
   * @param items What to call it with.
   * @param options A signal for this run, and what becomes of its tasks' records.
   * @returns In the order of the items, the results, or each with its records.
   * @throws What `run` throws.
   */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options?: RunOptions,
  ): Promise<Awaited<R>[] | LoggedResult<Awaited<R>>[]>;
  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: RunOptions = {},
  ): Promise<unknown> {
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
    this.#pools.keep();
    return () => this.#pools.close();
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

/** The calls with their places in a run, and the context that they are run in. */
function toJobs(calls: Iterable<Call>, run: string): Job[] {
  if (typeof calls?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot run ${inspect(calls)}: give a list of calls, run([delayed(fn)(...args), …])`,
    );
  }
  const fields = currentContext();
  const context = fields && toCloneableFields(fields); // Inline too, to be the same there.
  const common = { run, attempt: 1, context, enter: AsyncLocalStorage.snapshot() };
  return Array.from(calls, (call, index) => ({ index, call: checkCall(call, index), ...common }));
}

function eitherSignal(
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
