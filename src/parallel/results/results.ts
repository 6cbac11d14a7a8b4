/**
 * What runs result in, as types.
 *
 * @module
 */

import type { LogRecord } from "../../logging/record.ts";
import type { Call } from "../tasks/task.ts";

/** What a call results in. */
export type ResultOf<C> = C extends Call<infer R> ? R : never;

/** The calls of an input. */
export type CallOf<T> = T extends Iterable<infer C> ? C
  : T extends AsyncIterable<infer C> ? C
  : never;

/** What each of some calls results in, in their order: a tuple for a tuple. */
export type Results<T> = T extends readonly Call[] ? { -readonly [K in keyof T]: ResultOf<T[K]> }
  : ResultOf<CallOf<T>>[];

/** What a call results in, with what its task logged: see `collectLogs`. */
export interface LoggedResult<R> {
  /** What the call results in. */
  readonly value: R;
  /** What the task logged until its end, in this order; with what the tasks logged that it ran. */
  readonly records: readonly LogRecord[];
}

/** The same for each of some calls, in their order: a tuple for a tuple. */
export type LoggedResults<T> = T extends readonly Call[]
  ? { -readonly [K in keyof T]: LoggedResult<ResultOf<T[K]>> }
  : LoggedResult<ResultOf<CallOf<T>>>[];

/** What became of each of some calls, in their order: a tuple for a tuple. */
export type SettledResults<T> = T extends readonly Call[]
  ? { -readonly [K in keyof T]: PromiseSettledResult<ResultOf<T[K]>> }
  : PromiseSettledResult<ResultOf<CallOf<T>>>[];

/** The same, with what each task logged that has returned. */
export type LoggedSettledResults<T> = T extends readonly Call[]
  ? { -readonly [K in keyof T]: PromiseSettledResult<LoggedResult<ResultOf<T[K]>>> }
  : PromiseSettledResult<LoggedResult<ResultOf<CallOf<T>>>>[];
