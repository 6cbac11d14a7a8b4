/**
 * One run: from the calls that were given to the results, with everything that belongs to it.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { currentContext } from "../logging/context.ts";
import type { Fields } from "../logging/message.ts";
import { currentRealm, type Realm } from "../logging/realm.ts";
import { toCloneableFields } from "../relay/cloneable.ts";
import type { Backend, JobOutcome, JobRun } from "./backend.ts";
import type { BackendChoice } from "./backend_choice.ts";
import { inlineBackend } from "./backends/inline.ts";
import { batchRuleFor, BatchSizer } from "./schedule/batching.ts";
import { CallInput, type Calls, checkCalls } from "./schedule/call_input.ts";
import { currentNesting, type Nesting } from "./tasks/current_task.ts";
import { capturePlace } from "./dispatch_stack.ts";
import { holdInterrupts } from "./interrupts.ts";
import { Observers, retryLog } from "./watching/observers.ts";
import type { ParallelPlan } from "./options/parallel_options.ts";
import type { MakeJob } from "./schedule/job_queue.ts";
import type { WorkerPool } from "./schedule/pool.ts";
import type { Pools } from "./schedule/pools.ts";
import { checkPreDispatch } from "./schedule/pre_dispatch.ts";
import { openProgress } from "./progress/progress_observer.ts";
import type { RunPlan } from "./options/run_options.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import type { StatsLedger } from "./stats/stats_ledger.ts";
import { RunLogs } from "./task_logs/run_logs.ts";
import { VerboseObserver } from "./watching/verbose.ts";

/** What a run has of its `Parallel`. */
export interface RunSetting {
  readonly plan: ParallelPlan;
  /** The `nJobs` that was given. */
  readonly nJobs: number;
  readonly backend: BackendChoice;
  readonly pools: Pools;
  readonly ledger: StatsLedger;
}

/** Who gets the results of a run. */
export interface RunSink {
  /** Whether calls count as in flight until the scheduler is told that their results were taken. */
  readonly isReleased: boolean;
  /** Is told what became of each call. Returns whether the run goes on. */
  readonly onResult: (index: number, outcome: JobOutcome) => boolean;
  /** Aborts when nobody wants the results; from the start on, the scheduler is told of that. */
  readonly left?: AbortSignal;
  /** The run starts. */
  readonly onStart?: (scheduler: Scheduler) => void;
}

/** What a run is stopped with whose results nobody goes through any more. */
export const LEFT = new DOMException("Nobody wants the rest of the results", "AbortError");

/** A run that was asked for. What is around it is that of this moment. */
export class Run {
  readonly #setting: RunSetting;
  readonly #calls: Calls;
  readonly #options: RunPlan;
  readonly #caller: Realm = currentRealm();
  readonly #id: string;
  readonly #context: Fields | undefined;
  readonly #place = capturePlace();
  readonly #nesting = currentNesting();
  readonly #enter: JobRun["enter"] = AsyncLocalStorage.snapshot();

  /**
   * Takes note of what is to be done; nothing starts yet.
   *
   * @param calls The calls.
   * @param options Those of this run.
   * @param setting Those of all runs.
   * @throws {TypeError} If the calls can't be gone through.
   */
  constructor(calls: Calls, options: RunPlan, setting: RunSetting) {
    this.#calls = checkCalls(calls);
    this.#options = options;
    this.#setting = setting;
    this.#id = this.#caller.origin.nextRun();
    const fields = currentContext();
    this.#context = fields && toCloneableFields(fields); // Inline too, to be the same there.
  }

  /**
   * Does it.
   *
   * @param sink Who gets the results.
   * @returns When all calls have come to their end.
   * @throws What the first call threw that failed, the reason of the signal, or what the input threw.
   */
  async execute(sink: RunSink): Promise<void> {
    const { pools, backend: choice } = this.#setting;
    const signal = eitherSignal(this.#setting.plan.signal, this.#options.signal);
    await using use = pools.enter();
    const input = await CallInput.open(this.#calls, eitherSignal(signal, sink.left, use.closed));
    try {
      if (input.total === 0) return;
      const backend = await choice.choose(input.known);
      // Inline nothing is on its way, and Ctrl-C need not wait until a task yields.
      using _ = backend === inlineBackend ? undefined : holdInterrupts();
      await this.#schedule({
        input,
        sink,
        signal,
        closed: use.closed,
        backend,
        pool: use.poolOf(backend, backend === inlineBackend ? this.#nesting.inline : 0),
      });
    } finally {
      await input.close();
    }
  }

  async #schedule({ input, sink, signal, closed, backend, pool }: RunParts): Promise<void> {
    const { plan, nJobs, ledger } = this.#setting;
    const { collectLogs, taskLogs } = this.#options;
    const hasLogs = collectLogs || taskLogs !== undefined;
    const caller = this.#caller;
    await using logs = hasLogs
      ? new RunLogs({ run: this.#id, caller, collectLogs, taskLogs, signal })
      : undefined;
    using progress = openProgress(plan.progress, { name: plan.name });
    const verbose = plan.verbose > 0 ? new VerboseObserver(plan.verbose, { nJobs }) : undefined;
    const watching = [ledger, plan.retries && retryLog, progress, verbose];
    const observer = new Observers(watching.filter((each) => each !== undefined));
    // A task's own log is opened when it starts, which is not known of those behind others; and what was moved
    // with a batch is gone for those that did not start.
    const isSingle = plan.batchSize === "auto" && (taskLogs || plan.transfer);
    const batchSize = isSingle ? 1 : plan.batchSize;
    const scheduler = new Scheduler({
      input,
      pool,
      observer,
      toJob: this.#jobMaker(this.#nestingIn(backend, pool)),
      caller: logs ?? caller,
      watcher: logs,
      enter: this.#enter,
      place: this.#place,
      sizer: new BatchSizer(batchSize, {
        most: mostOf(plan.preDispatch, plan.batchSize, pool),
        rule: batchRuleFor(backend.roundTrip),
      }),
      preDispatch: checkPreDispatch(plan.preDispatch, {
        nJobs: pool.size,
        isFixed: plan.batchSize !== "auto",
      }),
      retries: plan.retries,
      transfer: plan.transfer,
      timeout: plan.timeout,
      queueTimeout: plan.queueTimeout,
      gracePeriod: plan.gracePeriod,
      isReleased: sink.isReleased,
      onResult: sink.onResult,
    });
    observer.onStart(scheduler, backend.name, pool.size);
    sink.onStart?.(scheduler);
    try {
      await scheduler.run(eitherSignal(signal, closed));
      observer.onEnd(scheduler);
    } catch (error) {
      const isWanted = error === LEFT || (signal?.aborted === true && error === signal.reason);
      observer.onEnd(scheduler, { error, isWanted });
      throw error;
    }
  }

  #jobMaker(nesting: Nesting): MakeJob {
    const run = { id: this.#id, context: this.#context, enter: this.#enter, nesting };
    return (call, index, since) => ({ index, call, run, attempt: 1, since });
  }

  /** Inline nothing is shared, so it is no level of its own. */
  #nestingIn(backend: Backend, { size }: WorkerPool): Nesting {
    const { level, jobs, inline } = this.#nesting;
    return backend === inlineBackend
      ? { level, jobs, inline: inline + 1 }
      : { level: level + 1, jobs: jobs * size, inline: 0 };
  }
}

/** What a run has once it starts. */
interface RunParts {
  readonly input: CallInput;
  readonly sink: RunSink;
  /** What the user stops it with. */
  readonly signal: AbortSignal | undefined;
  /** Stops it when its `Parallel` is closed. */
  readonly closed: AbortSignal;
  readonly backend: Backend;
  readonly pool: WorkerPool;
}

/** The biggest batch that leaves one for each worker, where the calls in flight are limited. */
function mostOf(
  preDispatch: ParallelPlan["preDispatch"],
  batchSize: ParallelPlan["batchSize"],
  { size }: WorkerPool,
): number | undefined {
  if (preDispatch === undefined || batchSize !== "auto") return undefined;
  const { most } = checkPreDispatch(preDispatch, { nJobs: size, isFixed: false });
  const calls = most(1);
  return calls === Infinity ? undefined : Math.max(1, Math.floor(calls / size));
}

function eitherSignal(
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
