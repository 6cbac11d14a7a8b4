/**
 * The handler that keeps the details of a task until something goes wrong in it.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { getLevelName, type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { checkWhole } from "../check_option.ts";
import { inspect } from "../text/inspect.ts";
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
  /** The records that are kept; `undefined` once something went wrong in the task: then they pass. */
  kept: LogRecord[] | undefined;
  /** How many were dropped because too many were kept. */
  dropped: number;
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
    if (task.kept === undefined) this.#handOn(record);
    else if (record.level >= this.#actionLevel) this.#act(task, task.kept, record);
    else this.#keep(task, task.kept, record);
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
      task = { isTask: own !== undefined, kept: [], dropped: 0 };
      if (this.#tasks.size >= this.#maxTasks) this.#forgetOne();
    }
    this.#tasks.set(key, task);
    return task;
  }

  #forgetOne(): void {
    for (const [key, { kept, dropped }] of this.#tasks) {
      this.#forgotten += (kept?.length ?? 0) + dropped;
      this.#tasks.delete(key);
      return;
    }
  }

  #keep(task: TaskState, kept: LogRecord[], record: LogRecord): void {
    if (kept.length === this.#capacity) {
      kept.shift();
      task.dropped++;
    }
    kept.push(record);
  }

  #act(task: TaskState, kept: LogRecord[], record: LogRecord): void {
    // Before they are handed on, for a target may log here itself.
    task.kept = task.isTask ? undefined : [];
    const first = kept[0] ?? record;
    if (task.dropped > 0) this.#handOn(notice(first, `${task.dropped} earlier records dropped`));
    task.dropped = 0;
    if (this.#forgotten > 0) {
      const text = `${this.#forgotten} records dropped of tasks that had not logged for long`;
      this.#forgotten = 0;
      this.#handOn(notice(first, text));
    }
    for (const each of kept) this.#handOn(each);
    this.#handOn(record);
  }

  #handOn(record: LogRecord): void {
    if (record.level >= this.target.level) this.target.handle(record);
  }
}

/** Which task a record belongs to. */
function taskOf({ process, run, taskIndex }: LogRecord): string | undefined {
  return taskIndex === undefined ? undefined : `${process}/${run ?? ""}/${taskIndex}`;
}

function checkKey(key: unknown): (record: LogRecord) => string | undefined {
  if (typeof key === "function") return key as ReturnType<typeof checkKey>; // Called as documented.
  throw new TypeError(
    `Cannot tell tasks apart by ${inspect(key)}: give a function (record) => string`,
  );
}

/** A record that says what is missing before the first one. */
function notice(first: LogRecord, msg: string): LogRecord {
  const { name, time, seq, process, processName, taskIndex } = first;
  return {
    ...{ name, msg, args: [], time, seq, process, processName },
    ...(taskIndex !== undefined && { taskIndex }),
    level: LEVELS.WARN,
    levelName: getLevelName(LEVELS.WARN),
  };
}
