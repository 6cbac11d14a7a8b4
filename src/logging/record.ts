/**
 * The log record: plain data that survives `structuredClone` and JSON, so the same record can be
 * handled here, in another thread or on another machine. Nothing changes a record once it is made;
 * a filter that enriches one returns a copy.
 *
 * @module
 */

import { currentContext } from "./context.ts";
import type { SerializedError } from "./errors.ts";
import { getLevelName } from "./levels.ts";
import { type CallLocation, findLocation, locationsWanted } from "./location.ts";
import { type Fields, formatMessage } from "./message.ts";

/** One thing that was logged. The fields are those of Python's `LogRecord`, where it has them. */
export interface LogRecord {
  /** The name of the logger; "root" for the root. */
  readonly name: string;
  /** The number of the level. */
  readonly level: number;
  /** The name of the level, such as "INFO". */
  readonly levelName: string;
  /** The message with its arguments written in. */
  readonly msg: string;
  /** The arguments that were written into the message. */
  readonly args: readonly unknown[];
  /** When it was logged: milliseconds since 1970 (UTC), with a fraction. */
  readonly time: number;
  /**
   * Its place in the sequence of its thread, from 1. Records that come from Web Workers have a place in
   * the same sequence.
   */
  readonly seq: number;
  /** The id of the operating system's process. */
  readonly process: number;
  /** "MainProcess", or the name of the worker, such as "Worker-1". */
  readonly processName: string;
  /** Which call of the run logged it, from 0; absent outside of tasks. */
  readonly taskIndex?: number;
  /**
   * Which run it belongs to: "1" for the first one of the program, "1.0.2" for the second one that the
   * task with index 0 of it started, "1.0@3.1" for the first one of its third attempt; absent outside
   * of tasks.
   */
  readonly run?: string;
  /** Which attempt of its call logged it, from 1; absent outside of tasks. */
  readonly attempt?: number;
  /** The fields that were logged beside the message, and those of the context. */
  readonly extra?: Fields;
  /** The error that was logged beside the message, with its causes. */
  readonly error?: SerializedError;
  /** The calls that led to it, if it was logged with `{ stackInfo: true }`. */
  readonly stack?: string;
  /** Where it was logged, if a formatter wants it: see {@linkcode CallLocation}. */
  readonly location?: CallLocation;
}

/** Where a record comes from: the thread, and the task that runs there. */
export interface RecordOrigin {
  readonly process: number;
  readonly processName: string;
  readonly taskIndex?: number;
  readonly run?: string;
  readonly attempt?: number;
  /** Names a run that is started here. */
  nextRun(): string;
  /** The next number of the thread's sequence. */
  nextSeq(): number;
  /**
   * Is called before levels, handlers or filters change: what workers have logged until now is handled as
   * things were. Of several changes in one go, which may leave a logger without handlers in between, only
   * the first has that effect.
   */
  beforeChange(): void;
  /** Milliseconds since 1970 (UTC), with a fraction. */
  now(): number;
}

/**
 * Makes the record of a log call.
 *
 * @param origin Where the call was made.
 * @param name The name of the logger.
 * @param level The number of the level.
 * @param message What was logged: a template such as "took %d ms", an error, or any value;
 * a function is called for it.
 * @param rest What followed it: the template's arguments, then fields (a plain object), an error.
 * @returns The record.
 */
export function createRecord(
  origin: RecordOrigin,
  name: string,
  level: number,
  message: unknown,
  rest: readonly unknown[],
): LogRecord {
  const { msg, args, extra, error, stack } = formatMessage(message, rest);
  const context = currentContext();
  const location = locationsWanted() ? findLocation(createRecord) : undefined;
  const seq = origin.nextSeq(); // Before the time is taken: it may handle records of workers.
  const { process, processName, taskIndex, run, attempt } = origin;
  const time = origin.now();
  // What most records have not is added afterwards: spreads take a tenth of a log call, and a fifth
  // within a task (bench/log_calls.ts).
  const record: Draft = {
    name,
    level,
    levelName: getLevelName(level),
    msg,
    args,
    time,
    seq,
    process,
    processName,
  };
  if (taskIndex !== undefined) record.taskIndex = taskIndex;
  if (run !== undefined) record.run = run;
  if (attempt !== undefined) record.attempt = attempt;
  if (context) record.extra = { ...context, ...extra };
  else if (extra) record.extra = extra;
  if (error) record.error = error;
  if (stack !== undefined) record.stack = stack;
  if (location) record.location = location;
  return record;
}

/** A record while it is made. */
type Draft = { -readonly [Field in keyof LogRecord]: LogRecord[Field] };

/**
 * Where and when a record was logged, for one that stands beside it and tells of it.
 *
 * @param record The record.
 * @returns Its place in time, in the sequence and in a run.
 */
export function placeOf(
  record: LogRecord,
): Pick<LogRecord, "time" | "seq" | "process" | "processName" | "taskIndex" | "run" | "attempt"> {
  const { time, seq, process, processName, taskIndex, run, attempt } = record;
  return {
    ...{ time, seq, process, processName },
    ...(taskIndex !== undefined && { taskIndex }),
    ...(run !== undefined && { run }),
    ...(attempt !== undefined && { attempt }),
  };
}

/**
 * Whether a value is a record, as far as handling it goes.
 *
 * @param value Anything, such as what a filter returned.
 * @returns Whether it has what every record has.
 */
export function isRecord(value: unknown): value is LogRecord {
  return typeof value === "object" && value !== null && "msg" in value && "level" in value &&
    "levelName" in value && "name" in value && "time" in value;
}
