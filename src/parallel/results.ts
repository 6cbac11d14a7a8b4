/**
 * What runs result in, as types.
 *
 * @module
 */

import type { LogRecord } from "../logging/record.ts";
import type { Call } from "./task.ts";

/** What a call results in. */
export type ResultOf<C> = C extends Call<infer R> ? R : never;

/** What each of some calls results in, in their order: a tuple for a tuple. */
export type Results<T extends Iterable<Call>> = T extends readonly Call[]
  ? { -readonly [K in keyof T]: ResultOf<T[K]> }
  : T extends Iterable<infer C> ? ResultOf<C>[]
  : never;

/** What a call results in, with what its task logged: see `collectLogs`. */
export interface LoggedResult<R> {
  /** What the call results in. */
  readonly value: R;
  /** What the task logged until its end, in this order; with what the tasks logged that it ran. */
  readonly records: readonly LogRecord[];
}

/** The same for each of some calls, in their order: a tuple for a tuple. */
export type LoggedResults<T extends Iterable<Call>> = T extends readonly Call[]
  ? { -readonly [K in keyof T]: LoggedResult<ResultOf<T[K]>> }
  : T extends Iterable<infer C> ? LoggedResult<ResultOf<C>>[]
  : never;
