/**
 * Running batches of calls in a worker, one call after the other, and telling the caller what becomes of
 * them.
 *
 * @module
 */

import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import { expectStatus } from "../../logging/terminal/status_line.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import { type TakesValue, toCloneableThrown } from "../../relay/cloneable.ts";
import type { Prepared } from "../values/clone.ts";
import { TaskControl } from "../tasks/current_task.ts";
import { initializerReason, reviveThrown } from "../errors.ts";
import { ProgressTeller } from "./progress_teller.ts";
import type { LoadedTask, RunPlace, TaskRunner } from "../tasks/task_runner.ts";
import type { TaskReference } from "../tasks/task.ts";
import type { CallsMessage, FromWorker, WireCall, WireOutcome } from "./wire.ts";

/** What goes its own way beside a message. */
export type SentParts = Pick<Prepared, "transfer" | "buffers">;

/** How a worker tells its caller something. */
export interface CallerLink {
  /** The name of the worker. */
  readonly worker: string;
  /**
   * Sends a message.
   *
   * @throws {Error} If something in it can't be sent.
   */
  readonly post: (message: FromWorker, parts?: SentParts) => void;
  /** What refuses values, if it is not `structuredClone`. */
  readonly takes?: TakesValue;
  /**
   * Takes the result of a task as it is now: what runs next may change it before it is sent.
   *
   * @throws {TypeError} If it can't be sent.
   */
  readonly take: (value: unknown, task: string, options: { moves: boolean }) => Prepared;
  /** Tells that a call has asked for its signal, before anything that it does next can be seen. */
  readonly onListen: (index: number) => void;
  /**
   * Whether the end of each call is told at once. Otherwise those that come soon after each other are told
   * together; a worker that may be killed would lose them.
   */
  readonly isEager: boolean;
  /**
   * Whether the worker is being ended: a thread that does not yield gets no message, nor does it end.
   *
   * @default it is never asked
   */
  readonly isStopped?: () => boolean;
}

/** How long the end of a call may wait for others to be told with, in milliseconds. */
const LATEST = 1;

/** The calls of a batch that runs. */
interface RunningCalls {
  readonly place: RunPlace;
  /** The tasks that were loaded so far, by their number in the batch. */
  readonly loaded: LoadedTask[];
}

/** Runs the batches of one worker. */
export class BatchRunner {
  readonly #runner: TaskRunner;
  readonly #link: CallerLink;
  /** What is told next. */
  #outcomes: WireOutcome[] = [];
  #parts: SentParts = { transfer: [], buffers: [] };
  #moves = false;
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #progress: ProgressTeller;
  #running: TaskControl | undefined;
  /** Why the batch is to come to its end. */
  #cancelled: SerializedThrown | undefined;

  /**
   * Makes a runner.
   *
   * @param runner Runs single calls.
   * @param link Leads to the caller.
   */
  constructor(runner: TaskRunner, link: CallerLink) {
    this.#runner = runner;
    this.#link = link;
    this.#progress = new ProgressTeller((told) => {
      this.flush(); // Calls that have ended come first.
      link.post({ type: "paralog:progress", ...told });
    });
  }

  /**
   * Runs a batch. Never throws.
   *
   * @param batch The calls.
   * @param caller The realm that dispatched them.
   */
  async run(batch: CallsMessage, caller: CallerRealm): Promise<void> {
    this.#cancelled = undefined;
    this.#moves = batch.movesResults;
    using _ = batch.hasStatus ? expectStatus() : undefined;
    const place = { run: batch.run, context: batch.context, caller };
    if (batch.initializer && !await this.#initialize(batch.initializer, place)) return;
    this.#link.post({ type: "paralog:began" });
    const running: RunningCalls = { place, loaded: [] };
    this.#told = performance.now();
    let left = batch.calls.length;
    for (const call of batch.calls) {
      if (this.#cancelled || this.#link.isStopped?.()) break;
      await this.#runCall(call, batch, running);
      left--;
    }
    this.#runner.flush();
    this.flush();
    // Once all are told of, the caller goes on: it would take this for an end of the next batch.
    if (left > 0) this.#link.post({ type: "paralog:cancelled" });
  }

  /**
   * The running call is to come to its end, and those behind it are not to start.
   *
   * @param reason Why, as data.
   */
  cancel(reason: SerializedThrown): void {
    this.#cancelled = reason;
    this.#running?.cancel(reviveThrown(reason));
  }

  /** Tells the ends that were not told yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#outcomes.length === 0) return;
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    this.#told = performance.now();
    const parts = this.#parts;
    this.#parts = { transfer: [], buffers: [] };
    this.#link.post({ type: "paralog:settled", outcomes }, parts);
  }

  async #initialize(call: NonNullable<CallsMessage["initializer"]>, place: RunPlace) {
    const outcome = await this.#runner.initialize(
      await this.#runner.load(call.task),
      call.args,
      place,
    );
    if (outcome.ok) {
      this.#link.post({ type: "paralog:initialized" });
      return true;
    }
    const error = toCloneableThrown(outcome.error, this.#link.takes);
    this.#link.post({ type: "paralog:ending", reason: initializerReason(error), error });
    return false;
  }

  /** A module may take its time, or end the worker: the caller has to know whose it is. */
  async #load(task: TaskReference): Promise<LoadedTask> {
    if (task.kind === "source" || this.#runner.hasLoaded(task)) {
      return await this.#runner.load(task);
    }
    this.flush();
    this.#link.post({ type: "paralog:loading", isLoading: true });
    const loaded = await this.#runner.load(task);
    this.#link.post({ type: "paralog:loading", isLoading: false });
    return loaded;
  }

  async #runCall(
    [task, index, attempt, args]: WireCall,
    { tasks, nesting }: CallsMessage,
    { place, loaded: known }: RunningCalls,
  ): Promise<void> {
    const { worker, isEager } = this.#link;
    const onListen = () => this.#link.onListen(index);
    const onProgress = (index: number, done: number, total: number | undefined) =>
      this.#progress.tell({ index, done, total });
    const control = new TaskControl({ index, attempt, worker, nesting, onListen, onProgress });
    const loaded = known[task] ??= await this.#load(tasks[task]!); // The caller counts them.
    // What came before is not to wait for a call that may be long, nor for one that never yields.
    if (this.#outcomes.length > 0 && performance.now() - this.#told > LATEST) this.flush();
    else if (this.#outcomes.length > 0) this.#timer ??= setTimeout(() => this.flush(), LATEST);
    this.#running = control;
    const outcome = await this.#runner.run(loaded, args, control, place);
    this.#running = undefined;
    this.#progress.flush();
    if (!outcome.ok) this.#addError(outcome.error, outcome.ms);
    // It was told to end: what it returned is not what it would have.
    else if (this.#cancelled) this.#addError(this.#cancelled, outcome.ms);
    else this.#addResult(outcome.value, outcome.ms, loaded.name);
    if (isEager) this.flush();
  }

  #addResult(value: unknown, ms: number, task: string): void {
    try {
      const taken = this.#link.take(value, task, { moves: this.#moves });
      this.#parts.transfer.push(...taken.transfer);
      this.#parts.buffers.push(...taken.buffers);
      this.#outcomes.push([true, taken.value, ms]);
    } catch (error) {
      this.#addError(serializeThrown(error), ms);
    }
  }

  #addError(error: SerializedThrown, ms: number): void {
    this.#outcomes.push([false, toCloneableThrown(error, this.#link.takes), ms]);
  }
}
