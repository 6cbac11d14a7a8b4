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
   * Of how many tasks records are kept. Of more, the one that has not logged for longest is forgotten,
   * and what was kept of it is dropped and counted. As many tasks are remembered that have failed; what
   * one logs that was forgotten is kept again.
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

/**
 * Keeps the records of each task, and hands them on to a target, the oldest first, when the task logs
 * one at or above `actionLevel`; from then on the task's records are handed on directly. So a log has
 * every detail of the tasks that failed and nothing of the others, of up to `maxTasks` of either. The
 * target's level and filters count.
 *
 * What is logged outside of tasks is kept together; after something went wrong there, the next records
 * are kept again. For a server, give a `key`.
 *
 * What is kept of tasks in which nothing goes wrong is dropped when the handler is closed; that is its
 * purpose. Flushing it flushes the target and hands nothing on. Closing it closes the target, which opens
 * again when it is used again.
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
  /** By task, the one that logged last at the end; what a thread logs outside of tasks is here too. */
  readonly #kept = new Map<string, KeptRecords>();
  /** The tasks in which something went wrong, whose records pass; the one that logged last at the end. */
  readonly #failed = new Set<string>();
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
    const task = this.#key(record);
    const key = task ?? `outside of tasks: ${record.process}/${record.processName}`;
    if (this.#failed.has(key)) {
      this.#rememberFailed(key);
      return this.#handOn(record);
    }
    const kept = this.#kept.get(key) ?? new KeptRecords(this.#capacity);
    this.#kept.delete(key); // It goes to the end again.
    if (record.level < this.#actionLevel) {
      kept.keep(record);
      this.#rememberKept(key, kept);
    } else {
      // Before they are handed on, for a target may log here itself.
      if (task !== undefined) this.#rememberFailed(key);
      this.#handOnAll([...kept.takeAll(), record]);
    }
  }

  /** Flushes the target. What is kept stays where it is. */
  override flush(): void | Promise<void> {
    return this.target.flush();
  }

  /** Drops what is kept, forgets the tasks, and closes the target. */
  override close(): void | Promise<void> {
    this.#kept.clear();
    this.#failed.clear();
    this.#forgotten = 0;
    return this.target.close();
  }

  #rememberKept(key: string, kept: KeptRecords): void {
    this.#kept.set(key, kept);
    if (this.#kept.size <= this.#maxTasks) return;
    for (const [oldest, { count }] of this.#kept) {
      this.#forgotten += count;
      this.#kept.delete(oldest);
      return;
    }
  }

  #rememberFailed(key: string): void {
    this.#failed.delete(key); // It goes to the end again.
    this.#failed.add(key);
    if (this.#failed.size <= this.#maxTasks) return;
    for (const oldest of this.#failed) {
      this.#failed.delete(oldest);
      return;
    }
  }

  #handOnAll(records: readonly LogRecord[]): void {
    const [first] = records;
    if (first && this.#forgotten > 0) {
      const text = `${this.#forgotten} records dropped of tasks that had not logged for long`;
      this.#forgotten = 0;
      this.#handOn(notice(first, text));
    }
    for (const record of records) this.#handOn(record);
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
