/**
 * The options of a `Parallel`.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { checkRelayOptions, type RelayOptions } from "../../relay/relay_options.ts";
import type { BackendOption } from "../backend_choice.ts";
import { type BatchSize, checkBatchSize } from "../schedule/batching.ts";
import { checkOptions } from "./check_options.ts";
import { prepareArgs } from "../values/clone.ts";
import { checkMemoryLimit } from "./memory_limit.ts";
import { checkPermissions, type ProcessPermissions } from "./permissions.ts";
import { checkProgress, type ProgressOption } from "../progress/progress_option.ts";
import { checkRetries, type RetryOptions, type RetryPolicy } from "../schedule/retry.ts";
import { type Call, checkCall } from "../tasks/task.ts";
import { checkTransfer, type TransferOption, type TransferPlan } from "../values/transfer.ts";
import { checkVerbose } from "../watching/verbose.ts";

/** Options of {@linkcode Parallel}. */
export interface ParallelOptions {
  /**
   * Where calls run: "inline" in this thread, one after the other; "workers" in Web Workers; "processes" in
   * child processes. "auto" is processes where `timeout`, `memoryLimit` or `permissions` ask for what only they
   * can give; inline if `nJobs` is 1, and for runs within the tasks of runs within tasks; otherwise workers,
   * and inline with a warning where Deno refuses to start workers.
   *
   * @default "auto"
   */
  backend?: BackendOption;
  /**
   * How many calls a worker is sent at once. "auto" finds it from how long they take: tiny calls go many at a
   * time, long ones one at a time. With `taskLogs` or `transfer`, calls go one at a time unless a number is
   * given.
   *
   * @default "auto"
   */
  batchSize?: BatchSize;
  /**
   * How many calls may be taken from the input and not have come to their end; of a stream, not be taken from
   * it. A number, a sum such as "3*nJobs", or "all". With a number as `batchSize`, batches are counted.
   *
   * @default two batches for each worker
   */
  preDispatch?: number | string;
  /**
   * How long a call may run, in milliseconds, from its start in a worker; then it fails with a
   * {@linkcode TaskTimeoutError}. A task that has asked for its `currentTask().signal` has `gracePeriod` to
   * end by itself; otherwise its process is killed and replaced. Needs processes. `Infinity` is no limit.
   *
   * @default no limit
   */
  timeout?: number;
  /**
   * How long a call may wait until it is given to a worker, in milliseconds, once it is taken from the input;
   * then it fails with a {@linkcode TaskTimeoutError}. `Infinity` is no limit.
   *
   * @default no limit
   */
  queueTimeout?: number;
  /**
   * How often a call that has failed is tried again, or the details of that.
   *
   * @default 0
   */
  retries?: number | RetryOptions;
  /**
   * How long a task that has asked for its `currentTask().signal` may take to end when it aborts, in
   * milliseconds; then its worker is ended. Any other task is ended at once. `Infinity` is no limit.
   *
   * @default 1000
   */
  gracePeriod?: number;
  /**
   * A call that each worker runs before its first one, such as `delayed(connect)(url)`. Handlers that it adds
   * to loggers get the records of all tasks of its worker that have none of their own. If it fails, so does the
   * run.
   *
   * @default none
   */
  initializer?: Call;
  /**
   * After how many calls a worker is replaced by a new one, against leaks.
   *
   * @default Infinity
   */
  maxTasksPerWorker?: number;
  /**
   * After how many milliseconds without a call a worker ends, within `await using`; `Infinity` is never.
   *
   * @default 300_000
   */
  idleTimeout?: number;
  /**
   * How much memory each process may use for its objects, in megabytes: V8's limit of the heap. A task that
   * needs more fails with a {@linkcode WorkerCrashError}. What buffers hold is not counted. Needs processes.
   *
   * @default what V8 finds fit
   */
  memoryLimit?: number;
  /**
   * What each process may do: "inherit", "none" or Deno's permissions; never more than the program itself.
   * Needs processes.
   *
   * @default "inherit"
   */
  permissions?: ProcessPermissions;
  /**
   * Whether buffers, ports and streams in arguments and results are moved and not copied; or a function that
   * says which ones of the arguments of a call.
   *
   * @default false
   */
  transfer?: TransferOption;
  /**
   * Whether the progress of runs is shown on stderr: as a bar on a terminal, otherwise as lines; or a function
   * that gets it.
   *
   * @default false
   */
  progress?: ProgressOption;
  /**
   * How much is logged of the progress, on joblib's scale: 0 is nothing, above 10 it is each batch. The lines
   * are joblib's, of the logger "paralog".
   *
   * @default 0
   */
  verbose?: number | boolean;
  /**
   * What it is called where progress is shown.
   *
   * @default "Parallel"
   */
  name?: string;
  /**
   * How many records may be on their way from a worker, and how long one that logs waits for room.
   *
   * @default see RelayOptions
   */
  relay?: RelayOptions;
  /**
   * Stops all runs when it aborts: their promises reject with its reason.
   *
   * @default none
   */
  signal?: AbortSignal;
}

/** The names of all options. */
export const PARALLEL_OPTIONS: readonly (keyof ParallelOptions)[] = [
  "backend",
  "batchSize",
  "preDispatch",
  "timeout",
  "queueTimeout",
  "retries",
  "gracePeriod",
  "initializer",
  "maxTasksPerWorker",
  "idleTimeout",
  "memoryLimit",
  "permissions",
  "transfer",
  "progress",
  "verbose",
  "name",
  "relay",
  "signal",
];

/** What was asked for, checked. */
export interface ParallelPlan {
  readonly backend: BackendOption;
  readonly batchSize: BatchSize;
  readonly preDispatch: number | string | undefined;
  readonly timeout: number | undefined;
  readonly queueTimeout: number | undefined;
  readonly retries: RetryPolicy | undefined;
  readonly gracePeriod: number;
  readonly initializer: Call | undefined;
  readonly maxTasksPerWorker: number;
  readonly idleTimeout: number;
  readonly memoryLimit: number | undefined;
  readonly permissions: ProcessPermissions | undefined;
  readonly transfer: TransferPlan | undefined;
  readonly progress: ProgressOption;
  readonly verbose: number;
  readonly name: string | undefined;
  readonly relay: Required<RelayOptions>;
  readonly signal: AbortSignal | undefined;
}

/** How long a timer of Deno can be, in milliseconds: 24 days. A longer one goes off at once. */
const LONGEST = 2 ** 31 - 1;

/** As loky's, which joblib uses. */
const IDLE_TIMEOUT = 300_000;

/**
 * Checks the options of a `Parallel`.
 *
 * @param options What was given.
 * @returns What to do.
 * @throws {TypeError} If an option is unknown or of another type.
 * @throws {RangeError} If one has a value that is not allowed.
 */
export function checkParallelOptions(options: ParallelOptions): ParallelPlan {
  const misplaced = ["nJobs", "n_jobs"].find((name) => name in Object(options));
  if (misplaced !== undefined) {
    throw new TypeError(
      `Cannot make a Parallel with ${misplaced} as an option: it is the first argument, ` +
        "new Parallel(nJobs, options)",
    );
  }
  checkOptions("make a Parallel", options, PARALLEL_OPTIONS);
  const { backend = "auto", preDispatch, permissions, initializer, signal } = options;
  return {
    backend,
    batchSize: checkBatchSize(options.batchSize),
    preDispatch,
    timeout: limitOf(checkTime("timeout", options.timeout)),
    queueTimeout: limitOf(checkTime("queueTimeout", options.queueTimeout)),
    retries: checkRetries(options.retries),
    gracePeriod: Math.min(checkTime("gracePeriod", options.gracePeriod, 0) ?? 1000, LONGEST),
    initializer: initializer === undefined ? undefined : checkInitializer(initializer),
    maxTasksPerWorker: checkCount("maxTasksPerWorker", options.maxTasksPerWorker) ?? Infinity,
    idleTimeout: checkTime("idleTimeout", options.idleTimeout) ?? IDLE_TIMEOUT,
    memoryLimit: checkMemoryLimit(options.memoryLimit),
    permissions: permissions === undefined ? undefined : checkPermissions(permissions),
    transfer: checkTransfer(options.transfer),
    progress: checkProgress(options.progress),
    verbose: checkVerbose(options.verbose),
    name: checkName(options.name),
    relay: checkRelayOptions(options.relay),
    signal,
  };
}

function checkName(name: unknown): string | undefined {
  if (name === undefined || (typeof name === "string" && name !== "")) return name;
  const Wrong = typeof name === "string" ? RangeError : TypeError;
  throw new Wrong(`Cannot name a Parallel ${inspect(name)}: give a text that is not empty`);
}

function checkInitializer(call: unknown): Call {
  let checked: Call;
  try {
    checked = checkCall(call, 0);
  } catch (cause) {
    throw new TypeError(
      `Cannot use ${inspect(call)} as initializer: give a call, delayed(fn)(...args)`,
      { cause },
    );
  }
  prepareArgs(checked); // Throws if they can't be sent.
  return checked;
}

function checkTime(name: string, given: unknown, least = 1): number | undefined {
  if (given === undefined) return undefined;
  const isTime = typeof given === "number" && given >= least;
  if (isTime && (given <= LONGEST || given === Infinity)) return given;
  const Wrong = typeof given === "number" ? RangeError : TypeError;
  throw new Wrong(
    `Cannot set ${name}: current value is ${inspect(given)}, give milliseconds from ${least} to ` +
      `${LONGEST}, or Infinity`,
  );
}

/** Without a limit, nothing has to be watched, nor be killed. */
function limitOf(ms: number | undefined): number | undefined {
  return ms === Infinity ? undefined : ms;
}

function checkCount(name: string, given: unknown): number | undefined {
  if (given === undefined) return undefined;
  if (given === Infinity || (Number.isSafeInteger(given) && Number(given) > 0)) {
    return Number(given);
  }
  const Wrong = typeof given === "number" ? RangeError : TypeError;
  throw new Wrong(`Cannot set ${name}: current value is ${inspect(given)}, give 1, 2, 3, …`);
}
