/**
 * The names under which callers and agents meet in Redis.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";

/** The pool that is meant when none is named. */
export const DEFAULT_POOL = "default";

/** What a pool may be called. Braces and colons have a meaning in keys. */
const POOL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/**
 * Checks the name of a pool.
 *
 * @param name What was given.
 * @returns The name.
 * @throws {TypeError} If it is no text, or has other characters than letters, digits, "-", "_" and ".".
 */
export function checkPoolName(name: unknown): string {
  if (typeof name === "string" && POOL_NAME.test(name)) return name;
  throw new TypeError(
    `Cannot use ${inspect(name)} as the name of a pool: give up to 100 letters, digits, "-", "_" ` +
      'and ".", the first one a letter or a digit',
  );
}

/** The keys of a pool. All have the same part in braces, so that in a Redis Cluster they are on one node. */
export class PoolKeys {
  /** What all keys of the pool begin with; the prefix that BullMQ is given. */
  readonly prefix: string;
  /** The name of the pool's queue; BullMQ's keys are `prefix:queue:…`. */
  readonly queue = "jobs";

  /**
   * Makes the keys.
   *
   * @param pool The name of the pool.
   */
  constructor(readonly pool: string) {
    this.prefix = `{paralog:${pool}}`;
  }

  /** The channel on which callers tell agents what can't wait. */
  get control(): string {
    return `${this.prefix}:control`;
  }

  /** The agents of the pool: a hash from the name of each to what it says of itself. */
  get agents(): string {
    return `${this.prefix}:agents`;
  }

  /** The stream of a run: its records, and what its tasks tell. */
  stream(run: string): string {
    return `${this.prefix}:stream:${run}`;
  }

  /** The levels of the caller that a run follows, as they are now, if they have changed since it began. */
  levels(run: string): string {
    return `${this.prefix}:levels:${run}`;
  }

  /** Says that a job is not to run any more. */
  stop(job: string): string {
    return `${this.prefix}:stop:${job}`;
  }

  /** The result of a job that is too long for the stream of events. */
  result(job: string): string {
    return `${this.prefix}:result:${job}`;
  }
}

/** Which batch a job is. */
export interface BatchPlace {
  /** Which call of the run is the first one of the batch. */
  readonly index: number;
  /** Which attempt of that call it is, from 1. */
  readonly attempt: number;
  /** Which batch of its caller it is: a batch whose worker did not even start is sent again. */
  readonly batch: number;
}

/**
 * The id of the job for a batch: the same for each try to add it, and no other batch has it.
 *
 * @param run What the run is called here, see {@linkcode runNameOf}.
 * @param place Which batch of the run it is.
 * @returns The id. BullMQ allows no ":" in it.
 */
export function jobIdOf(run: string, { index, attempt, batch }: BatchPlace): string {
  return `${run}.${index}.${attempt}.${batch}`;
}

/**
 * What a run is called in Redis: callers number their runs, so each has a name of its own.
 *
 * @param caller Names the caller.
 * @param run The id of the run within its program.
 */
export function runNameOf(caller: string, run: string): string {
  return `${caller}.${run}`;
}
