/**
 * The handler that keeps the details of a task until something goes wrong in it.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { checkWhole } from "../check_option.ts";
import { inspect } from "../text/inspect.ts";
import { KeptRecords, notice } from "./kept_records.ts";
import { checkTarget } from "./memory.ts";

/** Options of {@linkcode FingersCrossedHandler}. */
export interface FingersCrossedHandlerOptions extends HandlerOptions {
  /**
   * A record at or above this level hands on what its task logged before.
   *
   * @default "ERROR"
   */
  actionLevel?: Level;
  /**
   * How many records of a task are kept; the oldest are dropped and counted.
   *
   * @default 1000
   */
  capacity?: number;
  /**
   * How many tasks are remembered. Of more, the one that has not logged for longest is forgotten, and
   * what was kept of it is dropped and counted.
   *
   * @default 1000
   */
  maxTasks?: number;
  /**
   * Tells records of one task from those of others, for example by a field of the context:
   * `(record) => record.extra?.requestId`. Records for which it gives `undefined` belong to no task.
   *
   * @default by the run and the index of the task
   */
  key?: (record: LogRecord) => string | undefined;
}

/** What is remembered of a task, or of what a thread logs outside of tasks. */
interface TaskState {
  readonly isTask: boolean;
  readonly kept: KeptRecords;
  /** Whether something went wrong in the task: from then on its records pass. */
  passes: boolean;
}

/**
 * Keeps the records of each task, and hands them on to a target, the oldest first, when the task logs
 * one at or above `actionLevel`; from then on the task's records are handed on directly. So a log has
 * every detail of the tasks that failed and nothing of the others. The target's level and filters
 * count.
 *
 * What is logged outside of tasks is kept together; after something went wrong there, the next records
 * are kept again. For a server, give a `key`.
 *
 * What is kept of tasks in which nothing goes wrong is dropped when the handler is closed; that is its
 * purpose. Flushing it flushes the target and
 * hands nothing on. Closing it closes the target, which opens again when it is used again.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, FingersCrossedHandler, getLogger } from "@paralog/paralog/logging";
 *
 * getLogger().setLevel("DEBUG");
 * getLogger().addHandler(new FingersCrossedHandler(new ConsoleHandler()));
 * getLogger().debug("a detail");
 * getLogger().error("failed"); // Now both are written.
 * ```
 */
export class FingersCrossedHandler extends Handler {
  /** The handler that gets the records. */
  readonly target: Handler;
  readonly #actionLevel: number;
  readonly #capacity: number;
  readonly #maxTasks: number;
  readonly #key: (record: LogRecord) => string | undefined;
  /** By task, the one that logged last at the end. */
  readonly #tasks = new Map<string, TaskState>();
  /** What was forgotten of tasks since it was said last. */
  #forgotten = 0;

  /**
   * Makes a handler.
   *
   * @param target The handler that gets the records.
   * @param options When to hand on, how much to keep, and what every handler takes.
   * @throws {TypeError} If the target is no handler, or an option has another type.
   * @throws {RangeError} If there is no such level, or a number is not a whole one from 1.
   */
  constructor(target: Handler, options: FingersCrossedHandlerOptions = {}) {
    super(options);
    this.target = checkTarget(target);
    this.#actionLevel = parseLevel(options.actionLevel ?? LEVELS.ERROR);
    this.#capacity = checkWhole("capacity", options.capacity ?? 1000, 1);
    this.#maxTasks = checkWhole("maxTasks", options.maxTasks ?? 1000, 1);
    this.#key = checkKey(options.key ?? taskOf);
  }

  /** Keeps the record, or hands it on if something went wrong in its task. */
  override emit(record: LogRecord): void {
    const task = this.#taskOf(record);
    if (task.passes) this.#handOn(record);
    else if (record.level >= this.#actionLevel) this.#act(task, record);
    else task.kept.keep(record);
  }

  /** Flushes the target. What is kept stays where it is. */
  override flush(): void | Promise<void> {
    return this.target.flush();
  }

  /** Drops what is kept, forgets the tasks, and closes the target. */
  override close(): void | Promise<void> {
    this.#tasks.clear();
    this.#forgotten = 0;
    return this.target.close();
  }

  #taskOf(record: LogRecord): TaskState {
    const own = this.#key(record);
    const key = own ?? `outside of tasks: ${record.process}/${record.processName}`;
    let task = this.#tasks.get(key);
    if (task) this.#tasks.delete(key); // It goes to the end again.
    else {
      const kept = new KeptRecords(this.#capacity);
      task = { isTask: own !== undefined, kept, passes: false };
      if (this.#tasks.size >= this.#maxTasks) this.#forgetOne();
    }
    this.#tasks.set(key, task);
    return task;
  }

  #forgetOne(): void {
    for (const [key, { kept }] of this.#tasks) {
      this.#forgotten += kept.count;
      this.#tasks.delete(key);
      return;
    }
  }

  #act(task: TaskState, record: LogRecord): void {
    // Before they are handed on, for a target may log here itself.
    task.passes = task.isTask;
    const records = [...task.kept.takeAll(), record];
    if (this.#forgotten > 0) {
      const text = `${this.#forgotten} records dropped of tasks that had not logged for long`;
      this.#forgotten = 0;
      this.#handOn(notice(records[0] ?? record, text));
    }
    for (const each of records) this.#handOn(each);
  }

  #handOn(record: LogRecord): void {
    if (record.level >= this.target.level) this.target.handle(record);
  }
}

/** Which task a record belongs to. A retry goes on where the attempt before it has failed. */
function taskOf({ process, run, taskIndex }: LogRecord): string | undefined {
  return taskIndex === undefined ? undefined : `${process}/${run ?? ""}/${taskIndex}`;
}

function checkKey(key: unknown): (record: LogRecord) => string | undefined {
  if (typeof key === "function") return key as ReturnType<typeof checkKey>; // Called as documented.
  throw new TypeError(
    `Cannot tell tasks apart by ${inspect(key)}: give a function (record) => string`,
  );
}
