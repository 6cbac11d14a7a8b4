/**
 * The options of a queue: its bound, and what happens there.
 *
 * @module
 */

import { type Level, LEVELS, parseLevel } from "../levels.ts";
import { display } from "../text/inspect.ts";
import { checkOptionNames } from "./option_names.ts";

/** What a full queue does with one record more; see {@linkcode RecordQueueOptions}. */
export type QueuePolicy = "block" | "dropOldest" | "dropNewest" | "dropBelow";

const POLICIES: readonly QueuePolicy[] = ["block", "dropOldest", "dropNewest", "dropBelow"];

const OPTIONS: readonly (keyof RecordQueueOptions)[] = ["maxSize", "policy", "dropLevel"];

/** Options of {@linkcode RecordQueue}. */
export interface RecordQueueOptions {
  /**
   * How many records may wait; 0 and less is no bound, as in Python.
   *
   * @default 0
   */
  readonly maxSize?: number;
  /**
   * What happens when that many wait already.
   *
   * - "block": whoever logs does the listener's work: the record that waits longest is handled at
   *   once, and nothing is lost. (To wait, as in Python, would stop the listener too: it runs in the
   *   same thread.) While no listener is started, the new record is dropped. With an async `handle`
   *   nobody can be made to wait for it: while a record is being handled nothing is lost, but more
   *   than `maxSize` may wait. Where memory must have a bound, have another policy.
   * - "dropOldest": the record that waits longest is dropped.
   * - "dropNewest": the new record is dropped.
   * - "dropBelow": the record below `dropLevel` that waits longest is dropped; if none waits, the new
   *   one, if it is below; else as "block".
   *
   * @default "block"
   */
  readonly policy?: QueuePolicy;
  /**
   * With "dropBelow": records from this level up are kept.
   *
   * @default "WARN"
   */
  readonly dropLevel?: Level;
}

/**
 * Checks the options of a queue.
 *
 * @param options What was given.
 * @returns All of them; no bound is `Infinity`, and the level a number.
 * @throws {TypeError} If one is unknown, or `maxSize` is no number.
 * @throws {RangeError} If one is out of range.
 */
export function checkQueueOptions(
  options: RecordQueueOptions,
): Required<RecordQueueOptions> & { readonly dropLevel: number } {
  checkOptionNames("make a queue", options, OPTIONS);
  const { maxSize = 0, policy = "block", dropLevel = LEVELS.WARN } = options;
  if (!POLICIES.includes(policy)) {
    throw new RangeError(
      `Cannot make a queue: current value of policy is ${display(policy)}, ` +
        `allowed are ${POLICIES.join(", ")}`,
    );
  }
  return { maxSize: checkMaxSize(maxSize), policy, dropLevel: parseLevel(dropLevel) };
}

function checkMaxSize(maxSize: unknown): number {
  const text = "Cannot make a queue: current value of maxSize is";
  const allowed = "allowed are whole numbers; 0 and less is no bound";
  if (typeof maxSize !== "number") {
    throw new TypeError(`${text} ${display(maxSize)} (${typeof maxSize}), ${allowed}`);
  }
  if (!Number.isInteger(maxSize)) throw new RangeError(`${text} ${maxSize}, ${allowed}`);
  return maxSize <= 0 ? Infinity : maxSize;
}
