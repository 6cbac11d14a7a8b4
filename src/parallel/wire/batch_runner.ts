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
import { isPrimitive, type Prepared } from "../values/clone.ts";
import { TaskControl, type TaskSite } from "../tasks/current_task.ts";
import { initializerReason, reviveThrown } from "../errors.ts";
import { OutcomeList, type SentParts } from "./outcome_list.ts";
import { ProgressTeller } from "./progress_teller.ts";
import type { LoadedTask, Outcome, ReadyCall, RunPlace, TaskRunner } from "../tasks/task_runner.ts";
import type { CallsMessage, FromWorker } from "./wire.ts";

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
  readonly batch: CallsMessage;
  readonly site: TaskSite;
  /** The tasks that were loaded so far, by their number in the batch. */
  readonly loaded: (LoadedTask | undefined)[];
  /** How many calls have begun. */
  begun: number;
}

/** Runs the batches of one worker. */
export class BatchRunner {
  readonly #runner: TaskRunner;
  readonly #link: CallerLink;
  /** What is told next. */
  #ended = new OutcomeList();
  #moves = false;
  #told = 0;
  #isNew = true;
  /** Whether the caller does not know that the first call has begun; the end of a call says so too. */
  #isBeginUntold = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #progress: ProgressTeller;
  #running: ReadyCall | undefined;
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
    const place = { fields: batch.context, caller };
    if (batch.initializer && !await this.#initialize(batch.initializer, place)) return;
    this.#isBeginUntold = true;
    // Who waits for a worker to start, or measures the time of a call, wants to know.
    if (this.#isNew || this.#link.isEager) this.#tellBegin();
    this.#isNew = false;
    const running: RunningCalls = { batch, site: this.#siteOf(batch), loaded: [], begun: 0 };
    this.#runner.startClock();
    this.#told = this.#runner.since;
    await this.#runner.run({
      next: () => this.#next(running),
      end: (outcome) => this.#end(outcome),
    }, caller);
    this.#runner.flush();
    this.flush();
    // Once all are told of, the caller goes on: it would take this for an end of the next batch.
    if (running.begun < batch.calls.index.length) this.#link.post({ type: "paralog:cancelled" });
  }

  /**
   * The running call is to come to its end, and those behind it are not to start.
   *
   * @param reason Why, as data.
   */
  cancel(reason: SerializedThrown): void {
    this.#cancelled = reason;
    this.#running?.control.cancel(reviveThrown(reason));
  }

  /** Tells what was not told yet: ends, or that the first call has begun. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#ended.length === 0) return this.#tellBegin();
    this.#isBeginUntold = false;
    const { outcomes, parts } = this.#ended;
    this.#ended = new OutcomeList();
    this.#link.post({ type: "paralog:settled", outcomes }, parts);
    this.#told = performance.now();
    if (!this.#running) this.#runner.startClock(); // To tell took time; but a call that runs has its own.
  }

  #tellBegin(): void {
    if (this.#isBeginUntold) this.#link.post({ type: "paralog:began" });
    this.#isBeginUntold = false;
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

  /** The next call; `undefined` if none is to start any more. */
  #next(running: RunningCalls): ReadyCall | undefined | Promise<ReadyCall | undefined> {
    const { batch, loaded, site, begun: place } = running;
    const { calls } = batch;
    if (place === calls.index.length || this.#cancelled || this.#link.isStopped?.()) {
      return undefined;
    }
    const number = calls.task[place]!; // The lists are equally long.
    const task = loaded[number] ??= this.#runner.known(batch.tasks[number]!);
    if (!task) return this.#loadFor(place, running).then(() => this.#next(running));
    this.#tellBefore();
    running.begun++;
    const control = new TaskControl(site, {
      index: calls.index[place]!,
      attempt: calls.attempt[place]!,
    });
    return this.#running = { task, args: calls.args[place]!, control };
  }

  /** Finds the task of a call. A module may take its time, or end the worker: the caller has to know whose it is. */
  async #loadFor(place: number, { batch, loaded }: RunningCalls): Promise<void> {
    const number = batch.calls.task[place]!;
    const task = batch.tasks[number]!;
    const takesTime = task.kind === "module" && !this.#runner.hasLoaded(task);
    if (takesTime) {
      this.flush();
      this.#link.post({ type: "paralog:loading", isLoading: true });
    }
    loaded[number] = await this.#runner.load(task);
    if (takesTime) this.#link.post({ type: "paralog:loading", isLoading: false });
    this.#runner.startClock();
  }

  #siteOf({ run, context, nesting }: CallsMessage): TaskSite {
    return {
      run,
      fields: context,
      worker: this.#link.worker,
      nesting,
      onListen: this.#link.onListen,
      onProgress: (index, done, total) => this.#progress.tell({ index, done, total }),
    };
  }

  /** The running call has come to its end. */
  #end(outcome: Outcome): void {
    const name = this.#running?.task.name ?? "";
    this.#running = undefined;
    this.#progress.flush();
    if (!outcome.ok) this.#addError(outcome.error, outcome.ms);
    // It was told to end: what it returned is not what it would have.
    else if (this.#cancelled) this.#addError(this.#cancelled, outcome.ms);
    else if (isPrimitive(outcome.value)) this.#ended.addValue(outcome.value, outcome.ms);
    else this.#addResult(outcome.value, outcome.ms, name);
    if (this.#link.isEager) this.flush();
  }

  /** What came before is not to wait for a call that may be long, nor for one that never yields. */
  #tellBefore(): void {
    if (this.#ended.length === 0) return;
    if (this.#runner.since - this.#told > LATEST) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LATEST);
  }

  #addResult(value: unknown, ms: number, task: string): void {
    try {
      this.#ended.addPrepared(this.#link.take(value, task, { moves: this.#moves }), ms);
      this.#runner.startClock();
    } catch (error) {
      this.#addError(serializeThrown(error), ms);
    }
  }

  #addError(error: SerializedThrown, ms: number): void {
    this.#ended.addError(toCloneableThrown(error, this.#link.takes), ms);
    this.#runner.startClock();
  }
}
