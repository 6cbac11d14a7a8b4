/**
 * The backend that runs calls in the caller's own thread, one after the other.
 *
 * Arguments and results are cloned and errors are taken apart and made anew, as they are on their
 * way to a worker and back: a program behaves the same here as there.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { currentRealm } from "../../logging/realm.ts";
import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import type {
  Backend,
  BackendWorker,
  BatchListener,
  Job,
  JobOutcome,
  JobRun,
  WorkerSite,
} from "../backend.ts";
import { cloneArgs, cloneResult, isPrimitive } from "../values/clone.ts";
import type { TransferPlan } from "../values/transfer.ts";
import { OUTERMOST, TaskControl, type TaskSite } from "../tasks/current_task.ts";
import { reviveThrown, WorkerCrashError } from "../errors.ts";
import type { Call, TaskReference } from "../tasks/task.ts";
import {
  type CallLine,
  type LoadedTask,
  type Outcome,
  type ReadyCall,
  TaskRunner,
} from "../tasks/task_runner.ts";

/** Runs calls in the caller's own thread. */
export const inlineBackend: Backend = {
  name: "inline",
  maxWorkers: 1,
  abilities: [],
  obstacle: () => Promise.resolve(undefined),
  start: (_number, site) => new InlineWorker(site),
};

/** How long calls may follow each other before timers and signals get a turn, in milliseconds. */
const TURN = 10;

class InlineWorker implements BackendWorker {
  readonly name = currentRealm().origin.processName;
  readonly #site: WorkerSite;
  readonly #runner: TaskRunner;
  readonly #turns = new Turns();
  #isNew = true;
  #alive = true;
  #reject: ((reason: unknown) => void) | undefined;
  #running: InlineBatch | undefined;

  constructor(site: WorkerSite) {
    this.#site = site;
    this.#runner = new TaskRunner(neverLoads, site.tally);
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(batch: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reject = reject;
    this.#runBatch(batch, caller, listener).then(resolve, reject);
    return promise;
  }

  cancel(reason: unknown): boolean {
    return this.#running?.cancel(reason) ?? false;
  }

  /** A call that runs in this thread can't be stopped; it is no longer waited for. */
  async terminate(reason: unknown): Promise<void> {
    this.#alive = false;
    this.#running?.leave();
    this.#reject?.(reason);
    await this.#runner[Symbol.asyncDispose]();
  }

  async #runBatch(
    batch: readonly Job[],
    caller: CallerRealm,
    listener: BatchListener,
  ): Promise<void> {
    const run = batch[0]?.run;
    if (!run) return;
    const { id, context, nesting = OUTERMOST } = run;
    const runner = this.#runner;
    this.#running = new InlineBatch(batch, {
      ...{ run: id, fields: context, nesting, listener, runner },
      worker: this.name,
      transfer: this.#site.transfer,
      turns: this.#turns,
    });
    try {
      if (this.#isNew) await this.#initialize(run, caller);
      if (!this.#alive) return;
      listener.onBegin();
      await runner.run(this.#running, caller);
    } finally {
      this.#running = undefined;
    }
  }

  async #initialize({ context: fields }: JobRun, caller: CallerRealm): Promise<void> {
    this.#isNew = false;
    const { initializer } = this.#site;
    if (!initializer) return;
    const task = taskOf(initializer) ?? await this.#runner.load(initializer.task);
    const args = cloneArgs(initializer);
    const outcome = await this.#runner.initialize(task, args, { fields, caller });
    if (outcome.ok) return;
    this.#alive = false;
    const cause = revive(outcome.error, initializer);
    const message = cause instanceof Error ? cause.message : String(cause);
    const { name } = initializer.task;
    throw new WorkerCrashError(this.name, { kind: "initializer", message }, { task: name, cause });
  }
}

/** Lets timers and signals have a turn between calls. */
class Turns {
  #end = performance.now() + TURN;

  /** Whether calls have followed each other for long enough. */
  isOver(now: number): boolean {
    return now > this.#end;
  }

  /** Resolves when all others had their turn. */
  async give(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#end = performance.now() + TURN;
  }
}

/** What a batch needs of its worker. */
interface InlineSite extends Pick<TaskSite, "run" | "fields" | "worker" | "nesting"> {
  readonly runner: TaskRunner;
  readonly listener: BatchListener;
  readonly transfer: TransferPlan | undefined;
  readonly turns: Turns;
}

/** The calls of a batch, one after the other. */
class InlineBatch implements CallLine {
  readonly #jobs: readonly Job[];
  readonly #site: InlineSite;
  readonly #taskSite: TaskSite;
  /** Tasks that were sent by their source. */
  readonly #loaded = new Map<TaskReference, LoadedTask>();
  #begun = 0;
  #running: TaskControl | undefined;
  #isListening = false;
  #isCancelled = false;
  /** Nobody is told any more. */
  #isLeft = false;

  constructor(jobs: readonly Job[], site: InlineSite) {
    const { run, fields, worker, nesting, listener } = site;
    this.#jobs = jobs;
    this.#site = site;
    this.#taskSite = {
      run,
      fields,
      worker,
      nesting,
      onListen: () => void (this.#isListening = true),
      onProgress: (...told) => listener.onProgress(...told),
    };
  }

  /** Tells the running call to come to its end. Returns whether it listens. */
  cancel(reason: unknown): boolean {
    this.#isCancelled = true;
    const sent = structuredClone(toCloneableThrown(serializeThrown(reason)));
    this.#running?.cancel(reviveThrown(sent)); // What a worker's task would get.
    return this.#isListening;
  }

  /** The worker has ended. */
  leave(): void {
    this.#isLeft = true;
  }

  next(): ReadyCall | undefined | Promise<ReadyCall | undefined> {
    const { runner, turns } = this.#site;
    while (!this.#isLeft && !this.#isCancelled) {
      const job = this.#jobs[this.#begun];
      if (!job) return undefined;
      runner.startClock();
      if (turns.isOver(runner.since)) return turns.give().then(() => this.next());
      const task = taskOf(job.call) ?? this.#loaded.get(job.call.task);
      if (!task) return this.#load(job.call.task).then(() => this.next());
      this.#begun++;
      const call = this.#prepare(job, task);
      if (call) return call;
    }
    return undefined;
  }

  end(outcome: Outcome): void {
    const { call } = this.#jobs[this.#begun - 1]!; // It was taken there.
    this.#running = undefined;
    this.#tell(this.#copy(outcome, call));
  }

  async #load(task: TaskReference): Promise<void> {
    this.#loaded.set(task, await this.#site.runner.load(task));
  }

  /** Makes a call ready; one whose arguments can't be sent has come to its end. */
  #prepare({ index, attempt, call }: Job, task: LoadedTask): ReadyCall | undefined {
    this.#isListening = false;
    try {
      const args = cloneArgs(call, this.#site.transfer);
      const control = this.#running = new TaskControl(this.#taskSite, { index, attempt });
      if (!call.args.every(isPrimitive)) this.#site.runner.startClock(); // To clone them took time.
      return { task, args, control };
    } catch (error) {
      this.#tell({ ok: false, error, ms: 0 });
      return undefined;
    }
  }

  /** What comes back is a copy, and an error of its own. */
  #copy(outcome: Outcome, call: Call): JobOutcome {
    const { ms } = outcome;
    try {
      return outcome.ok
        ? { ok: true, value: this.#copyResult(outcome.value, call), ms }
        : { ok: false, error: revive(outcome.error, call), ms };
    } catch (error) {
      return { ok: false, error, ms: 0 };
    }
  }

  #copyResult(value: unknown, { task }: Call): unknown {
    const moves = this.#site.transfer?.results ?? false;
    return isPrimitive(value) ? value : cloneResult(value, task.name, { moves }).value;
  }

  #tell(outcome: JobOutcome): void {
    if (!this.#isLeft) this.#site.listener.onSettled([outcome]);
  }
}

/** The task of a call, whose function is at hand; `undefined` if it is sent by its source. */
function taskOf({ task, fn }: Call): LoadedTask | undefined {
  return task.kind === "source" ? undefined : { name: task.name, isSource: false, fn };
}

function revive(error: SerializedThrown, { errors }: Call): unknown {
  return reviveThrown(structuredClone(toCloneableThrown(error)), errors);
}

/** The functions of tasks are at hand. */
function neverLoads(): never {
  throw new TypeError("Cannot load a module inline: its tasks are there already");
}
