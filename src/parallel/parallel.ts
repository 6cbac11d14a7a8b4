/**
 * `Parallel`: what users run calls with.
 *
 * @module
 */

import type { Ability } from "./backend.ts";
import { BackendChoice } from "./backend_choice.ts";
import { type Calls, callsOf } from "./schedule/call_input.ts";
import { countJobs } from "./options/job_count.ts";
import { checkNotImporting } from "./tasks/import_task.ts";
import { checkParallelOptions, type ParallelOptions } from "./options/parallel_options.ts";
import { Pools } from "./schedule/pools.ts";
import { checkPreDispatch } from "./schedule/pre_dispatch.ts";
import { type ResultStream, streamOf } from "./results/result_stream.ts";
import type {
  CallOf,
  LoggedResult,
  LoggedResults,
  LoggedSettledResults,
  ResultOf,
  Results,
  SettledResults,
} from "./results/results.ts";
import { Run, type RunSetting } from "./run.ts";
import {
  checkRunOptions,
  checkStreamOptions,
  type CollectingRunOptions,
  type CollectingStreamOptions,
  type PlainRunOptions,
  type PlainStreamOptions,
  type RunOptions,
  type StreamOptions,
} from "./options/run_options.ts";
import type { ParallelStats } from "./stats/parallel_stats.ts";
import { StatsLedger } from "./stats/stats_ledger.ts";

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
  readonly #setting: RunSetting;

  /**
   * Makes a runner; no worker is started yet.
   *
   * @param nJobs How many calls run at once: 3, or -1 for all cores, -2 for all but one, …; within a task, of
   * the cores that are its share.
   * @param options Where and how calls run.
   * @throws {RangeError} If `nJobs` is 0 or no whole number, or an option is out of range.
   * @throws {TypeError} If an option is unknown or has no such value, or the backend can't give what another
   * option asks for.
   */
  constructor(nJobs: number, options: ParallelOptions = {}) {
    this.nJobs = countJobs(nJobs);
    const plan = checkParallelOptions(options);
    const isFixed = plan.batchSize !== "auto";
    checkPreDispatch(plan.preDispatch, { nJobs: this.nJobs, isFixed }); // Now rather than at the first run.
    const ledger = new StatsLedger();
    const { initializer, memoryLimit, permissions, transfer, relay } = plan;
    const { maxTasksPerWorker, idleTimeout } = plan;
    const maxTasks = maxTasksPerWorker;
    const site = { owner: this, maxTasks, initializer, memoryLimit, permissions, transfer, relay };
    const pools = new Pools({ size: this.nJobs, ledger, site, maxTasksPerWorker, idleTimeout });
    const abilities = ABILITIES.filter((ability) => plan[ability] !== undefined);
    const backend = new BackendChoice(plan.backend, { nJobs: this.nJobs, abilities });
    this.#setting = { plan, nJobs, backend, pools, ledger };
  }

  /** What it has done so far, in numbers. */
  get stats(): ParallelStats {
    return this.#setting.ledger.snapshot();
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
  run<const T extends Calls>(
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
  run<const T extends Calls>(calls: T, options?: PlainRunOptions): Promise<Results<T>>;
  /**
   * Runs calls with options of which it is not known here whether they ask for records: handed on from
   * elsewhere, or with a variable as `collectLogs`.
   *
   * @returns In the order of the calls, the results, or each with its records.
   */
  run<const T extends Calls>(
    calls: T,
    options?: RunOptions,
  ): Promise<Results<T> | LoggedResults<T>>;
  async run(calls: Calls, options: RunOptions = {}): Promise<unknown> {
    const results: unknown[] = [];
    await this.#begin(calls, checkRunOptions(options)).execute({
      isReleased: false,
      onResult: (index, outcome) => {
        if (outcome.ok) results[index] = outcome.value;
        return outcome.ok;
      },
    });
    return results;
  }

  /**
   * Runs calls and gathers what became of each, with what its task logged.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options With `collectLogs: true`.
   * @returns For each call whether it failed, and its result with its records or its error, in their order.
   * @throws What the other form throws.
   */
  runSettled<const T extends Calls>(
    calls: T,
    options: CollectingRunOptions,
  ): Promise<LoggedSettledResults<T>>;
  /**
   * Runs calls and gathers what became of each. A call that fails does not end the run.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options A signal for this run, and what becomes of its tasks' records.
   * @returns For each call whether it failed, and its result or its error, in their order.
   * @throws What the input throws, or the reason of the signal.
   * @throws {TypeError} If something is no call.
   * @throws {WorkerCrashError} If no worker can be started, or its `initializer` fails.
   * @throws {Deno.errors.NotCapable} If Deno refuses to start the backend.
   *
   * @example
   * ```ts
   * import { delayed, Parallel } from "@paralog/paralog/parallel";
   *
   * const calls = ["1", "x"].map((text) => delayed((text: string) => BigInt(text))(text));
   * for (const { status } of await new Parallel(1).runSettled(calls)) console.log(status);
   * ```
   */
  runSettled<const T extends Calls>(
    calls: T,
    options?: PlainRunOptions,
  ): Promise<SettledResults<T>>;
  /**
   * Runs calls and gathers what became of each, with options of which it is not known here whether they ask
   * for records.
   *
   * @returns For each call whether it failed, and its result or its error, in their order.
   */
  runSettled<const T extends Calls>(
    calls: T,
    options?: RunOptions,
  ): Promise<SettledResults<T> | LoggedSettledResults<T>>;
  async runSettled(calls: Calls, options: RunOptions = {}): Promise<unknown> {
    const results: PromiseSettledResult<unknown>[] = [];
    await this.#begin(calls, checkRunOptions(options)).execute({
      isReleased: false,
      onResult: (index, outcome) => {
        results[index] = outcome.ok
          ? { status: "fulfilled", value: outcome.value }
          : { status: "rejected", reason: outcome.error };
        return true;
      },
    });
    return results;
  }

  /**
   * Runs calls and gives their results, with what their tasks logged, one after the other.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call.
   * @param options With `collectLogs: true`.
   * @returns Each result with its records.
   * @throws What the other form throws.
   */
  stream<T extends Calls>(
    calls: T,
    options: CollectingStreamOptions,
  ): ResultStream<LoggedResult<ResultOf<CallOf<T>>>>;
  /**
   * Runs calls and gives their results one after the other. Calls are taken from the input as results are taken
   * from the stream, so that both may be endless: see `preDispatch`. Nothing starts before the first result is
   * asked for.
   *
   * Leaving the loop early stops calls that run, and ends the input. The first call that fails ends the run:
   * results that are there, and whose turn it is, come before its error. A stream that is neither left nor
   * gone through to its end keeps its workers: take `await using`, or call its `return()`.
   *
   * @param calls What `delayed(fn)(...args)` returned, for each call: a list, a generator, or any iterable.
   * @param options Whether results come in the order of the calls, a signal, and what becomes of records.
   * @returns The results.
   * @throws {TypeError} If the calls can't be gone through, or an option is unknown. Asking for a result throws
   * what `run` throws.
   *
   * @example
   * ```ts
   * import { delayed, Parallel } from "@paralog/paralog/parallel";
   *
   * function* calls() {
   *   for (let n = 1;; n++) yield delayed((n: number) => n * n)(n);
   * }
   * for await (const square of new Parallel(1).stream(calls())) {
   *   console.log(square);
   *   if (square > 10) break;
   * }
   * ```
   */
  stream<T extends Calls>(
    calls: T,
    options?: PlainStreamOptions,
  ): ResultStream<ResultOf<CallOf<T>>>;
  /**
   * The same, with options of which it is not known here whether they ask for records.
   *
   * @returns The results, or each with its records.
   */
  stream<T extends Calls>(
    calls: T,
    options?: StreamOptions,
  ): ResultStream<ResultOf<CallOf<T>> | LoggedResult<ResultOf<CallOf<T>>>>;
  stream(calls: Calls, options: StreamOptions = {}): ResultStream<unknown> {
    const { plan, isOrdered } = checkStreamOptions(options);
    return streamOf(this.#begin(calls, plan), isOrdered);
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
    items: Iterable<T> | AsyncIterable<T>,
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
    items: Iterable<T> | AsyncIterable<T>,
    options?: PlainRunOptions,
  ): Promise<Awaited<R>[]>;
  /**
   * Calls a function for each item, with options of which it is not known here whether they ask for
   * records.
   *
   * @returns In the order of the items, the results, or each with its records.
   */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options?: RunOptions,
  ): Promise<Awaited<R>[] | LoggedResult<Awaited<R>>[]>;
  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: RunOptions = {},
  ): Promise<unknown> {
    return await this.run(callsOf(fn, items), options);
  }

  /**
   * Ends the workers. `await using` asks for this method when the scope begins, which is how a
   * `Parallel` learns that its workers shall outlive a run; Python's `__enter__`.
   */
  get [Symbol.asyncDispose](): () => Promise<void> {
    this.#setting.pools.keep();
    return () => this.#setting.pools.close();
  }

  #begin(calls: Calls, options: ReturnType<typeof checkRunOptions>): Run {
    checkNotImporting();
    this.#setting.pools.checkOpen();
    return new Run(calls, options, this.#setting);
  }
}

const ABILITIES: readonly Ability[] = ["timeout", "memoryLimit", "permissions"];
