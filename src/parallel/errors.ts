/**
 * Errors of tasks and workers.
 *
 * @module
 */

import type { SerializedThrown } from "../logging/errors.ts";
import type { LogRecord } from "../logging/record.ts";
import { type ErrorClass, reviveThrown as revive } from "../logging/revive_error.ts";
import { inspect } from "../logging/text/inspect.ts";
import type { LastRecords } from "./tasks/last_records.ts";

/** How a worker came to its end. */
export type CrashReason =
  /** It could not be started. */
  | { readonly kind: "start"; readonly message: string }
  /** Its `initializer` failed; the error's cause is what that threw. */
  | { readonly kind: "initializer"; readonly message: string }
  /** The task ended its worker: `Deno.exit(code)`, `process.exit(code)`. */
  | { readonly kind: "exit"; readonly code: number }
  /** The task closed its worker: `self.close()`. */
  | { readonly kind: "close" }
  /** Its process was ended by a signal, such as "SIGKILL", or of itself: V8 ends one so that has no memory. */
  | { readonly kind: "signal"; readonly signal: string }
  /** It was on another machine, and nothing more is known of it, or of what it resulted in. */
  | { readonly kind: "lost"; readonly message: string };

/** What is known of a worker that has come to its end. */
export interface WorkerCrashOptions extends ErrorOptions {
  /**
   * The name of the task that it ran.
   *
   * @default none: it ran no task
   */
  task?: string;
  /**
   * Which call of its run that was, from 0.
   *
   * @default none: it ran no call
   */
  index?: number;
  /**
   * What the call logged last, the newest record last.
   *
   * @default []
   */
  records?: readonly LogRecord[];
}

/**
 * A call failed because its worker came to an end while running it.
 *
 * @example
 * ```ts
 * import { delayed, Parallel, WorkerCrashError } from "@paralog/paralog";
 *
 * try {
 *   await new Parallel(2).run([delayed(() => Deno.exit(3))()]);
 * } catch (error) {
 *   if (!(error instanceof WorkerCrashError)) throw error;
 *   console.log(error.reason, error.records.map(({ msg }) => msg)); // { kind: "exit", code: 3 } []
 * }
 * ```
 */
export class WorkerCrashError extends Error {
  /** "WorkerCrashError". */
  override readonly name = "WorkerCrashError";
  /** The name of the worker, such as "Worker-1". */
  readonly worker: string;
  /** How it came to its end. */
  readonly reason: CrashReason;
  /** The name of the task that it ran, if it ran one. */
  readonly task: string | undefined;
  /** Which call of its run that was, from 0. */
  readonly index: number | undefined;
  /**
   * What the call logged last before the end, ten records at most, the newest one last. They have gone to
   * the caller's handlers as well; when the error is shown, they are not.
   */
  declare readonly records: readonly LogRecord[];

  /**
   * Makes the error.
   *
   * @param worker The name of the worker.
   * @param reason How it came to its end.
   * @param options What it ran, what that logged, and the cause.
   */
  constructor(worker: string, reason: CrashReason, options: WorkerCrashOptions = {}) {
    const { task, index, records = [] } = options;
    const text = describeCrash(worker, reason, task ?? "no task");
    const hasRun = reason.kind !== "start" && reason.kind !== "initializer";
    super(hasRun ? text + describeCall(index, records) : text, options);
    this.worker = worker;
    this.reason = reason;
    this.task = task;
    this.index = index;
    finish(this, records);
  }
}

/** What is known of a call that took too long. */
export interface TaskTimeoutOptions extends ErrorOptions {
  /** Which call of its run it is, from 0. */
  index: number;
  /** How long it may take, in milliseconds. */
  timeout: number;
  /** "run": it ran too long; "load": its module did; "queue": it waited too long before it ran. */
  phase: "run" | "load" | "queue";
  /**
   * The name of the worker that ran it.
   *
   * @default none: it has not run
   */
  worker?: string;
  /**
   * What it logged last, the newest record last.
   *
   * @default []
   */
  records?: readonly LogRecord[];
}

/**
 * A call failed because it took longer than `timeout`, or waited longer than `queueTimeout`.
 *
 * @example
 * ```ts
 * import { TaskTimeoutError } from "@paralog/paralog/parallel";
 *
 * // For `retries`: a call that took too long gets no further attempt.
 * export const when = (error: unknown) => !(error instanceof TaskTimeoutError);
 * ```
 */
export class TaskTimeoutError extends Error {
  /** "TaskTimeoutError". */
  override readonly name = "TaskTimeoutError";
  /** The name of the task. */
  readonly task: string;
  /** Which call of its run it is, from 0. */
  readonly index: number;
  /** How long it was allowed to take, in milliseconds. */
  readonly timeout: number;
  /** "run": it ran too long; "load": its module did; "queue": it waited too long before it ran. */
  readonly phase: "run" | "load" | "queue";
  /** The name of the worker that ran it, if one did. */
  readonly worker: string | undefined;
  /**
   * What the call logged last, ten records at most, the newest one last. They have gone to the caller's
   * handlers as well; when the error is shown, they are not.
   */
  declare readonly records: readonly LogRecord[];

  /**
   * Makes the error.
   *
   * @param task The name of the task.
   * @param options Which call it was, and what it was allowed.
   */
  constructor(task: string, options: TaskTimeoutOptions) {
    const { index, timeout, phase, worker, records = [] } = options;
    const text = describeTimeout(task, options);
    super(text + describeCall(index, records), options);
    this.task = task;
    this.index = index;
    this.timeout = timeout;
    this.phase = phase;
    this.worker = worker;
    finish(this, records);
  }
}

function describeTimeout(task: string, { timeout, phase, worker }: TaskTimeoutOptions): string {
  const where = worker === undefined ? "" : ` in ${worker}`;
  switch (phase) {
    case "run":
      return `Cannot go on with ${task}: it ran for more than ${timeout} ms${where}. Raise timeout, or give ` +
        "it less to do";
    case "load":
      return `Cannot start ${task}: its module was not loaded within ${timeout} ms${where}. Look at what the ` +
        "top level of the module waits for";
    case "queue":
      return `Cannot start ${task}: it waited for more than ${timeout} ms. Raise queueTimeout, or nJobs ` +
        "to have more workers";
    default:
      return phase satisfies never;
  }
}

/** What both errors have in common, once their own fields are there. */
function finish(error: Error, records: readonly LogRecord[]): void {
  // Not to be enumerated: whoever logs the error would log all of them again.
  Object.defineProperty(error, "records", { value: records, writable: true, configurable: true });
  // Where they are made says nothing; where the call was dispatched is added to it.
  error.stack = `${error.name}: ${error.message}`;
}

/** Longer messages are cut where they stand within another one. */
const MAX_LENGTH = 100;

function describeCall(index: number | undefined, records: readonly LogRecord[]): string {
  if (index === undefined) return "";
  const last = records.at(-1);
  if (!last) return `. It was call ${index}`;
  const { levelName, name, msg } = last;
  const text = inspect(msg.length > MAX_LENGTH ? `${msg.slice(0, MAX_LENGTH)}…` : msg);
  return `. It was call ${index}, which logged last: ${levelName} ${name} ${text}`;
}

function describeCrash(worker: string, reason: CrashReason, task: string): string {
  switch (reason.kind) {
    case "start":
      return `Cannot run ${task}: ${worker} did not start: ${reason.message}`;
    case "initializer":
      return `Cannot use ${worker}: its initializer failed: ${reason.message}`;
    case "exit":
      return `${worker} was ended by exit(${reason.code}) while it ran ${task}: return from the ` +
        "task, or throw, to leave its worker alive";
    case "close":
      return `${worker} was ended by self.close() while it ran ${task}: return from the task to ` +
        "leave its worker alive";
    case "signal":
      return `${worker} was ended by ${reason.signal} while it ran ${task}${
        explain(reason.signal)
      }`;
    case "lost":
      return `${worker} was lost while it ran ${task}: ${reason.message}`;
    default:
      return reason satisfies never;
  }
}

/**
 * The reason of a worker whose initializer threw.
 *
 * @param thrown What it threw, as data.
 */
export function initializerReason(thrown: SerializedThrown): CrashReason {
  const message = thrown.kind === "error" ? thrown.error.message : String(thrown.value);
  return { kind: "initializer", message };
}

/** What may be behind a signal. */
function explain(signal: string): string {
  switch (signal) {
    case "SIGTRAP":
    case "SIGABRT":
    case "SIGILL":
      return ". V8 ends a process so when it is out of memory; stderr has its last words";
    case "SIGKILL":
      return ". The system does so when the machine is out of memory";
    default:
      return "";
  }
}

/** What is asked of a call that a worker ran. */
interface RunningJob {
  readonly index: number;
  readonly run: { readonly id: string };
  readonly call: { readonly task: { readonly name: string } };
}

/**
 * The error of a worker that has come to its end.
 *
 * @param worker The name of the worker.
 * @param reason How it came to its end.
 * @param job The call that it ran, if it ran one.
 * @param last What it has logged.
 * @param cause What was thrown, if that is why.
 */
export function crashError(
  worker: string,
  reason: CrashReason,
  job: RunningJob | undefined,
  last: LastRecords,
  cause?: unknown,
): WorkerCrashError {
  return new WorkerCrashError(worker, reason, {
    ...(cause !== undefined && { cause }),
    ...(job && {
      task: job.call.task.name,
      index: job.index,
      records: last.of(job.run.id, job.index),
    }),
  });
}

/** Classes that need not be listed. */
const OWN_CLASSES: readonly ErrorClass[] = [WorkerCrashError, TaskTimeoutError];

/**
 * Makes anew what a task threw. Never throws: a call must be settled whatever its error is like.
 *
 * @param thrown An error as data, or another value.
 * @param classes The classes that the task lists.
 * @returns What to throw.
 */
export function reviveThrown(
  thrown: SerializedThrown,
  classes: readonly ErrorClass[] = [],
): unknown {
  return revive(thrown, [...classes, ...OWN_CLASSES]);
}
