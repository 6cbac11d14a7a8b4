/**
 * Where the records of one task go on their way to the caller's handlers.
 *
 * @module
 */

import { type Handler, reportLoggingError } from "../../logging/handler.ts";
import { KeptRecords } from "../../logging/handlers/kept_records.ts";
import type { RecordOutcome } from "../../logging/outcome.ts";
import { Realm } from "../../logging/realm.ts";
import type { LogRecord } from "../../logging/record.ts";
import type { StdHandler } from "../../logging/std_log.ts";
import type { FingersCrossedPlan, HandlerPlan, TaskLogPlan } from "./task_log_plan.ts";
import type { LoggedTask } from "./task_path.ts";

/** Where the records of one task go. */
export interface TaskLog {
  /** Takes a record that the caller's levels and filters let pass. */
  take(record: LogRecord): RecordOutcome;
  /** The task has ended; records that were on their way may still follow. */
  settle(failed: boolean): void | Promise<void>;
}

/**
 * Opens the log of a task that starts.
 *
 * @param plan What to do with its records.
 * @param task Which task it is.
 * @param caller The realm that dispatched it.
 * @returns Its log.
 * @throws What making a handler throws, such as a file that can't be opened.
 */
export function openTaskLog(plan: TaskLogPlan, task: LoggedTask, caller: Realm): TaskLog {
  switch (plan.kind) {
    case "handler":
      return new HandlerLog(plan, task, caller);
    case "fingersCrossed":
      return new FingersCrossedLog(plan, caller);
    default:
      return plan satisfies never;
  }
}

/** Has a handler of its own for the task. */
class HandlerLog implements TaskLog {
  readonly #plan: HandlerPlan;
  readonly #task: LoggedTask;
  readonly #caller: Realm;
  #owner: Realm | undefined;

  constructor(plan: HandlerPlan, task: LoggedTask, caller: Realm) {
    this.#plan = plan;
    this.#task = task;
    this.#caller = caller;
    this.#owner = this.#ownerOf(plan.open(task));
  }

  take(record: LogRecord): RecordOutcome {
    const own = this.#owner?.root.handle(record) ?? this.#append(record);
    if (!this.#plan.propagate) return own;
    const callers = this.#caller.deliver(record);
    return own === "written" && callers !== "relayed" ? own : callers;
  }

  async settle(): Promise<void> {
    const owner = this.#owner;
    this.#owner = undefined; // With its handler: a long run has many tasks.
    await owner?.[Symbol.asyncDispose]();
  }

  #append(record: LogRecord): RecordOutcome {
    const { append } = this.#plan;
    if (!append) return "filtered";
    try {
      using owner = this.#ownerOf(append(this.#task));
      return owner.root.handle(record);
    } catch (error) {
      reportLoggingError("The log of a task could not be opened again", record, error);
      return "dropped";
    }
  }

  /** A realm of the handler's own flushes and closes it, also when the program ends before the task. */
  #ownerOf(handler: Handler | StdHandler): Realm {
    const owner = new Realm({ origin: this.#caller.origin, caller: this.#caller });
    owner.root.addHandler(handler);
    return owner;
  }
}

/** Keeps the records until something goes wrong in the task. */
class FingersCrossedLog implements TaskLog {
  readonly #plan: FingersCrossedPlan;
  readonly #caller: Realm;
  /** None once something went wrong: then they pass. */
  #kept: KeptRecords | undefined;

  constructor(plan: FingersCrossedPlan, caller: Realm) {
    this.#plan = plan;
    this.#caller = caller;
    this.#kept = new KeptRecords(plan.capacity);
  }

  take(record: LogRecord): RecordOutcome {
    if (this.#kept && record.level < this.#plan.level) {
      this.#kept.keep(record);
      return "written"; // As by any handler that keeps it.
    }
    this.#release();
    return this.#caller.deliver(record);
  }

  settle(failed: boolean): void {
    if (failed && this.#plan.releaseOnFailure) this.#release();
    else this.#kept?.takeAll();
  }

  #release(): void {
    const kept = this.#kept;
    this.#kept = undefined; // Before they are handed on, for a handler may log itself.
    for (const record of kept?.takeAll() ?? []) this.#caller.deliver(record);
  }
}
