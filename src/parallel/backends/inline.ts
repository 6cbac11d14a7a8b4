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
  WorkerSite,
} from "../backend.ts";
import { cloneArgs, cloneResult } from "../values/clone.ts";
import { OUTERMOST, TaskControl } from "../tasks/current_task.ts";
import { reviveThrown, WorkerCrashError } from "../errors.ts";
import type { Call } from "../tasks/task.ts";
import { type LoadedTask, type Outcome, TaskRunner } from "../tasks/task_runner.ts";

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
  #isNew = true;
  #alive = true;
  #turnEnds = performance.now() + TURN;
  #reject: ((reason: unknown) => void) | undefined;
  #running: TaskControl | undefined;
  #isListening = false;
  #isCancelled = false;

  constructor(site: WorkerSite) {
    this.#site = site;
    this.#runner = new TaskRunner(neverLoads, site.tally);
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(batch: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#isCancelled = false;
    this.#reject = reject;
    this.#runBatch(batch, caller, listener).then(resolve, reject);
    return promise;
  }

  cancel(reason: unknown): boolean {
    this.#isCancelled = true;
    const sent = structuredClone(toCloneableThrown(serializeThrown(reason)));
    this.#running?.cancel(reviveThrown(sent)); // What a worker's task would get.
    return this.#isListening;
  }

  /** A call that runs in this thread can't be stopped; it is no longer waited for. */
  async terminate(reason: unknown): Promise<void> {
    this.#alive = false;
    this.#reject?.(reason);
    await this.#runner[Symbol.asyncDispose]();
  }

  async #runBatch(
    batch: readonly Job[],
    caller: CallerRealm,
    listener: BatchListener,
  ): Promise<void> {
    const [first] = batch;
    if (this.#isNew && first) await this.#initialize(first, caller);
    listener.onBegin();
    for (const job of batch) {
      if (performance.now() > this.#turnEnds) await this.#giveTurn();
      if (!this.#alive || this.#isCancelled) return;
      const outcome = await this.#runJob(job, caller, listener);
      if (this.#alive) listener.onSettled([outcome]);
    }
  }

  async #giveTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnEnds = performance.now() + TURN;
  }

  async #initialize({ run, context }: Job, caller: CallerRealm): Promise<void> {
    this.#isNew = false;
    const { initializer } = this.#site;
    if (!initializer) return;
    const task = await this.#load(initializer);
    const args = cloneArgs(initializer);
    const outcome = await this.#runner.initialize(task, args, { run, context, caller });
    if (outcome.ok) return;
    this.#alive = false;
    const cause = revive(outcome.error, initializer);
    const message = cause instanceof Error ? cause.message : String(cause);
    const { name } = initializer.task;
    throw new WorkerCrashError(this.name, { kind: "initializer", message }, { task: name, cause });
  }

  async #runJob(
    { index, call, run, attempt, context, nesting = OUTERMOST }: Job,
    caller: CallerRealm,
    listener: BatchListener,
  ): Promise<JobOutcome> {
    const { name: worker } = this;
    const onListen = () => void (this.#isListening = true);
    const onProgress: BatchListener["onProgress"] = (...told) => listener.onProgress(...told);
    this.#isListening = false;
    const control = new TaskControl({ index, attempt, worker, nesting, onListen, onProgress });
    this.#running = control;
    const { transfer } = this.#site;
    try {
      const task = await this.#load(call);
      const args = cloneArgs(call, transfer);
      const outcome = await this.#runner.run(task, args, control, { run, context, caller });
      const { ms } = outcome;
      if (!outcome.ok) return { ok: false, error: revive(outcome.error, call), ms };
      return { ok: true, value: copyResult(outcome, call, transfer?.results ?? false), ms };
    } catch (error) {
      return { ok: false, error, ms: 0 };
    } finally {
      this.#running = undefined;
    }
  }

  async #load({ task, fn }: Call): Promise<LoadedTask> {
    return task.kind === "source"
      ? await this.#runner.load(task)
      : { name: task.name, isSource: false, fn };
  }
}

function copyResult(outcome: Outcome & { ok: true }, { task }: Call, moves: boolean): unknown {
  return cloneResult(outcome.value, task.name, { moves }).value;
}

function revive(error: SerializedThrown, { errors }: Call): unknown {
  return reviveThrown(structuredClone(toCloneableThrown(error)), errors);
}

/** The functions of tasks are at hand. */
function neverLoads(): never {
  throw new TypeError("Cannot load a module inline: its tasks are there already");
}
