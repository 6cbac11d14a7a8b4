/**
 * A batch between its start in a worker and its end: the caller's side of what all workers have in common.
 *
 * @module
 */

import { isStatusKept } from "../../logging/terminal/status_line.ts";
import type { BatchListener, Job, JobOutcome, JobRun, WorkerSite } from "../backend.ts";
import { type CrashReason, reviveThrown } from "../errors.ts";
import { OUTERMOST } from "../tasks/current_task.ts";
import type { SerializedThrown } from "../../logging/errors.ts";
import type { CallsMessage, WireCalls, WireOutcomes } from "./wire.ts";
import type { Call, TaskReference } from "../tasks/task.ts";

/** What prepares the arguments of a call for their way; it throws what the call then fails with. */
export type PrepareArgs = (call: Call) => readonly unknown[];

/** Calls while they are written. */
interface SentCalls extends WireCalls {
  readonly task: number[];
  readonly index: number[];
  readonly attempt: number[];
  readonly args: (readonly unknown[])[];
}

const NONE: WireOutcomes = { values: [], ms: [], failed: [] };

/** A batch that a worker runs, and how it is settled. */
export class RunningBatch {
  /** Is settled when the worker is free, or has come to its end. */
  readonly done: Promise<void>;
  /** Whether the worker runs its initializer, which comes before the first call. */
  isInitializing = false;
  readonly #jobs: readonly Job[];
  readonly #listener: BatchListener;
  /** Calls that were not sent, by their place, and why. */
  readonly #refused = new Map<number, unknown>();
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  /** How many of them have come to their end. */
  #settled = 0;
  /** Which call of the run has asked for its signal last. */
  #listening: number | undefined;
  #isOver = false;
  #hasBegun = false;

  /**
   * Begins with all calls before their start.
   *
   * @param jobs The calls.
   * @param listener Who is told what becomes of them.
   */
  constructor(jobs: readonly Job[], listener: BatchListener) {
    this.#jobs = jobs;
    this.#listener = listener;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    [this.done, this.#resolve, this.#reject] = [promise, resolve, reject];
  }

  /** Whether the worker has begun with the first call. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether the worker is free again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the running call listens to its signal. Of calls before it, the end may not be told yet. */
  get isListening(): boolean {
    return this.#jobs.findIndex(({ index }) => index === this.#listening) >= this.#settled;
  }

  /** The call that runs, or is to be the first one. */
  get current(): Job | undefined {
    let place = this.#settled;
    while (this.#refused.has(place)) place++;
    return this.#jobs[place];
  }

  /**
   * Writes the calls as a worker wants them. Those whose arguments can't be sent are left out, and settled in
   * their turn.
   *
   * @param prepare Prepares the arguments of a call.
   * @returns The calls, and the tasks that they are of.
   */
  pack(prepare: PrepareArgs): Pick<CallsMessage, "tasks" | "calls"> {
    const tasks = new TaskTable();
    const calls: SentCalls = { task: [], index: [], attempt: [], args: [] };
    for (const [place, { call, index, attempt }] of this.#jobs.entries()) {
      try {
        calls.args.push(prepare(call));
      } catch (error) {
        this.#refused.set(place, error);
        continue;
      }
      calls.task.push(tasks.numberOf(call.task));
      calls.index.push(index);
      calls.attempt.push(attempt);
    }
    return { tasks: tasks.list, calls };
  }

  /** The worker begins with the first call. Those before it, which were not sent, have come to their end. */
  begin(): void {
    this.#hasBegun = true;
    this.#listener.onBegin();
    if (this.#refused.has(this.#settled)) this.settle();
  }

  /** What the running call needs is being loaded, or is there. */
  load(isLoading: boolean): void {
    this.#listener.onLoading(isLoading);
  }

  /**
   * The next calls that were sent have come to their end.
   *
   * @param sent What became of them.
   * @default none has; calls that were not sent may follow
   */
  settle({ values, ms, failed }: WireOutcomes = NONE): void {
    const outcomes: JobOutcome[] = [];
    let place = this.#settled;
    let nextFailed = 0;
    for (let sent = 0; sent < values.length; sent++) {
      place = this.#addRefused(place, outcomes);
      const { call: { errors } } = this.#jobs[place++]!; // The worker tells of what it was given.
      const time = ms[sent] ?? 0;
      if (failed[nextFailed] !== sent) {
        outcomes.push({ ok: true, value: values[sent], ms: time });
        continue;
      }
      nextFailed++;
      const error = values[sent] as SerializedThrown; // It says that this call has failed.
      outcomes.push({ ok: false, error: reviveThrown(error, errors), ms: time });
    }
    place = this.#addRefused(place, outcomes);
    this.#settled = place;
    this.#listener.onSettled(outcomes);
    if (place === this.#jobs.length) this.end();
  }

  /** The batch waits elsewhere, or was taken there. */
  wait(isWaiting: boolean): void {
    this.#listener.onWaiting(isWaiting);
  }

  /** A call asks for its signal. */
  listen(index: number): void {
    this.#listening = index;
  }

  /** Why the worker has come to its end: what its initializer does is no fault of a call. */
  explain(reason: CrashReason): CrashReason {
    if (!this.isInitializing) return reason;
    if (reason.kind === "start" || reason.kind === "initializer" || reason.kind === "lost") {
      return reason;
    }
    return { kind: "initializer", message: `it ended its worker by ${endText(reason)}` };
  }

  /** The running call says how far it is. */
  tell(index: number, done: number, total: number | undefined): void {
    this.#listener.onProgress(index, done, total);
  }

  /**
   * Nothing of what is left is run: each call fails, and the worker is free.
   *
   * @param makeError Makes the error of a call; each has one of its own.
   */
  refuse(makeError: (job: Job) => unknown): void {
    if (!this.#hasBegun) this.begin();
    const places = Array.from(this.#jobs.keys()).slice(this.#settled);
    const outcomes = places.map((place): JobOutcome => {
      const error = this.#refused.has(place)
        ? this.#refused.get(place)
        : makeError(this.#jobs[place]!);
      return { ok: false, error, ms: 0 };
    });
    this.#settled = this.#jobs.length;
    this.#listener.onSettled(outcomes);
    this.end();
  }

  /** The worker does not start what is left. */
  end(): void {
    this.#isOver = true;
    this.#resolve();
  }

  /** The worker has come to its end. */
  fail(error: unknown): void {
    if (this.#refused.has(this.#settled)) this.settle(); // It was not one of these.
    this.#reject(error);
  }

  #addRefused(place: number, outcomes: JobOutcome[]): number {
    for (; this.#refused.has(place); place++) {
      outcomes.push({ ok: false, error: this.#refused.get(place), ms: 0 });
    }
    return place;
  }
}

function endText(
  reason: Exclude<CrashReason, { kind: "start" | "initializer" | "lost" }>,
): string {
  if (reason.kind === "exit") return `exit(${reason.code})`;
  return reason.kind === "close" ? "self.close()" : reason.signal;
}

/** The tasks of a batch, each once. */
class TaskTable {
  readonly list: TaskReference[] = [];
  readonly #numbers = new Map<TaskReference | string, number>();

  numberOf(task: TaskReference): number {
    const known = this.#numbers.get(task);
    if (known !== undefined) return known;
    // Each `delayed(fn)` makes a reference of its own; a text need not travel more than once.
    const key = task.kind === "source" ? task.source : task;
    const number = this.#numbers.get(key) ?? this.list.push(task) - 1;
    this.#numbers.set(key, number);
    this.#numbers.set(task, number);
    return number;
  }
}

/** What all batches for a worker have beside their calls, and what only its backend knows. */
export type BatchHead = Omit<CallsMessage, "tasks" | "calls" | "levelNames" | "locations">;

/**
 * What all batches for a worker have beside their calls.
 *
 * @param run The run that the calls belong to.
 * @param site What the worker was given.
 * @param isNew Whether it has not been sent anything to run.
 */
export function batchHead(
  { id: run, context, nesting = OUTERMOST }: JobRun,
  { initializer, transfer }: WorkerSite,
  isNew: boolean,
): BatchHead {
  const first = isNew && initializer
    ? { task: initializer.task, args: initializer.args }
    : undefined;
  const movesResults = transfer?.results ?? false;
  const hasStatus = isStatusKept();
  return { type: "batch", run, context, nesting, initializer: first, movesResults, hasStatus };
}
