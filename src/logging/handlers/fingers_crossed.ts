/**
 * The handler that keeps the details of a task until something goes wrong in it.
 *
 * @module
 */

import { Handler, type HandlerOptions } from "../handler.ts";
import { getLevelName, type Level, LEVELS, parseLevel } from "../levels.ts";
import type { LogRecord } from "../record.ts";
import { checkWhole } from "../check_option.ts";
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
}

/** What is remembered of a task. */
interface TaskState {
  /** The records that are kept; `undefined` once something went wrong: then they pass. */
  kept: LogRecord[] | undefined;
  /** How many were dropped because too many were kept. */
  dropped: number;
}

/**
 * Keeps the records of each task, and hands them on to a target, the oldest first, when the task logs
 * one at or above `actionLevel`; from then on the task's records are handed on directly. So a log has
 * every detail of the tasks that failed and nothing of the others. What is logged outside of tasks is
 * kept together. The target's level and filters count.
 *
 * A task is known by the name of its worker and its index. What is kept of tasks in which nothing goes
 * wrong is dropped when the handler is closed; that is its purpose. Flushing it flushes the target and
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
    const key = `${record.processName}\n${record.taskIndex ?? ""}`;
    let task = this.#tasks.get(key);
    if (task) this.#tasks.delete(key); // It goes to the end again.
    else {
      task = { kept: [], dropped: 0 };
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
    task.kept = undefined; // Before they are handed on, for a target may log here itself.
    const first = kept[0] ?? record;
    if (task.dropped > 0) this.#handOn(notice(first, `${task.dropped} earlier records dropped`));
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
