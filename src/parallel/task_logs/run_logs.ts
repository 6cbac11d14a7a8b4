/**
 * The caller of a run, with something of its own for the records of each task.
 *
 * @module
 */

import type { CallerRealm, LevelTable } from "../../logging/realm/caller_realm.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import type { Realm } from "../../logging/realm.ts";
import type { LogRecord } from "../../logging/record.ts";
import type { JobWatcher } from "../schedule/job_watcher.ts";
import type { LoggedResult } from "../results/results.ts";
import type { TaskLogPlan } from "./task_log_plan.ts";
import { openTaskLog, type TaskLog } from "./task_log.ts";

/** What becomes of the records of a run. */
export interface RunLogsOptions {
  /** Which run it is. */
  readonly run: string;
  /** The realm that dispatches it. */
  readonly caller: Realm;
  /** Whether results have the records of their tasks beside them. */
  readonly collectLogs: boolean;
  /** What each task's records go to; without it, to the caller alone. */
  readonly taskLogs: TaskLogPlan | undefined;
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Of so many tasks that have ended the logs are still known, for records that were on their way. Those of tasks
 * before go to the caller alone: a stream may have no end.
 */
const MOST_ENDED = 1000;

/**
 * Stands between the tasks of a run and the realm that dispatched them. The loggers there decide with their
 * levels and filters which records pass; then the task's own log gets them, on their way to the handlers.
 */
export class RunLogs implements CallerRealm, JobWatcher, AsyncDisposable {
  readonly #options: RunLogsOptions;
  /** The tasks that have not ended. */
  readonly #running = new Set<number>();
  /** What they have logged, if it is collected. */
  readonly #records = new Map<number, LogRecord[]>();
  /** Also of tasks that have ended, for records that were on their way. */
  readonly #logs = new Map<number, TaskLog>();
  /** Tasks that have ended and whose logs are still known, the first one first. */
  readonly #ended: number[] = [];
  /** Logs of tasks that have failed, which are still closing, or could not be closed. */
  readonly #ends = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /**
   * Begins before the first task starts.
   *
   * @param options Where records come from, and what becomes of them.
   */
  constructor(options: RunLogsOptions) {
    this.#options = options;
  }

  levels(): LevelTable {
    return this.#options.caller.levels();
  }

  levelOf(name: string): number {
    return this.#options.caller.levelOf(name);
  }

  watchLevels(listener: () => void): Disposable {
    return this.#options.caller.watchLevels(listener);
  }

  receive(record: LogRecord): RecordOutcome {
    const { caller, run } = this.#options;
    const index = taskIndexIn(run, record);
    if (index === undefined) return caller.receive(record);
    return caller.receive(record, (passed) => this.#take(index, passed));
  }

  /** Opens the log of a call's task, before its first attempt. */
  begin(index: number): void {
    if (this.#running.has(index)) return; // It is tried again.
    const { run, caller, collectLogs, taskLogs } = this.#options;
    if (taskLogs) this.#logs.set(index, openTaskLog(taskLogs, { index, run }, caller));
    if (collectLogs) this.#records.set(index, []);
    this.#running.add(index);
  }

  /**
   * Closes the log of a call that has returned.
   *
   * @param index Which call of the run it is.
   * @param value What it has returned.
   * @returns What it results in; with `collectLogs`, the records beside it.
   */
  async succeed(index: number, value: unknown): Promise<unknown> {
    const records = this.#records.get(index);
    await this.#settle(index, false);
    return records ? { value, records } satisfies LoggedResult<unknown> : value;
  }

  /** Closes the log of a call that has failed. Not waited for: first of all the run has to hear of it. */
  fail(index: number, error: unknown): void {
    const end = this.#settle(index, this.#isToBlame(error));
    this.#ends.add(end);
    end.then(() => this.#ends.delete(end), () => {}); // What failed is told at the end of the run.
  }

  /** Waits until all logs are closed, also those of tasks that were stopped and do not come to their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const wasAborted = this.#options.signal?.aborted ?? false;
    const stopped = [...this.#running].map((index) => this.#settle(index, wasAborted));
    await Promise.all([...this.#ends, ...stopped]);
  }

  #take(index: number, record: LogRecord): RecordOutcome {
    this.#records.get(index)?.push(record);
    const log = this.#logs.get(index);
    return log ? log.take(record) : this.#options.caller.deliver(record);
  }

  async #settle(index: number, failed: boolean): Promise<void> {
    if (!this.#running.delete(index)) return;
    this.#records.delete(index); // They belong to the result now.
    await this.#logs.get(index)?.settle(failed);
    if (!this.#logs.has(index)) return;
    if (this.#ended.push(index) > MOST_ENDED) this.#logs.delete(this.#ended.shift() ?? index);
  }

  /** A task that is stopped because another one has failed is rejected with that one's error. */
  #isToBlame(error: unknown): boolean {
    const { signal } = this.#options;
    if (signal?.aborted && error === signal.reason) return true;
    const isFirst = this.#failure === undefined;
    this.#failure ??= { error };
    return isFirst || this.#failure.error !== error;
  }
}

/** Which task of a run logged a record, itself or through the runs that it started: "1.0.2" is of task 0. */
function taskIndexIn(run: string, record: LogRecord): number | undefined {
  if (record.run === run) return record.taskIndex;
  if (!record.run?.startsWith(`${run}.`)) return undefined;
  return Number.parseInt(record.run.slice(run.length + 1), 10);
}
