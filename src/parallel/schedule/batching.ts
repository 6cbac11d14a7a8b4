/**
 * How many calls a worker is sent at once.
 *
 * Sending a batch costs the same whatever is in it, so tiny calls go many at a time; and a batch that
 * takes long may leave other workers with nothing to do, so long calls go one at a time.
 *
 * Ported from joblib's `AutoBatchingMixin` (`compute_batch_size`, `batch_completed`) and, for the last
 * batches, `Parallel.dispatch_one_batch`. A test runs the same durations through joblib's.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";

/** How many calls a worker is sent at once: a number, or "auto" to find it from how long they take. */
export type BatchSize = "auto" | number;

/** When sizes change, and by how much. */
export interface BatchRule {
  /** A batch that takes less is too small to hide what it costs to send it, in milliseconds. */
  readonly minIdeal: number;
  /** A batch that takes more is too big: others might wait for it, in milliseconds. */
  readonly maxIdeal: number;
  /**
   * A batch that takes more counts by itself and at once, in milliseconds; shorter durations are
   * smoothed. At least `maxIdeal`.
   */
  readonly sudden: number;
  /** How many times bigger the next size may be. */
  readonly growth: number;
}

/**
 * Where joblib sends batches of 0.2 to 2 s to processes in Python, and doubles at most, a round through
 * a worker of ours takes about 0.05 ms. bench/batching.ts: from some 100 calls that do nothing on, which take
 * about a millisecond, bigger batches gain nothing; and batches of up to 20 ms of uneven calls cost nothing.
 */
export const BATCH_RULE: BatchRule = { minIdeal: 2, maxIdeal: 20, sudden: 20, growth: 4 };

/** The round through a worker that goes with {@linkcode BATCH_RULE}, in milliseconds. */
const ROUND_TRIP = 0.05;

/**
 * The rule for workers that are further away.
 *
 * @param roundTrip How long it takes to send a batch and to hear of its end, in milliseconds.
 */
export function batchRuleFor(roundTrip: number = ROUND_TRIP): BatchRule {
  const { minIdeal, maxIdeal, sudden, growth } = BATCH_RULE;
  const factor = Math.max(1, roundTrip / ROUND_TRIP);
  return {
    minIdeal: minIdeal * factor,
    maxIdeal: maxIdeal * factor,
    sudden: sudden * factor,
    growth,
  };
}

/** The biggest size that is found; what calls and results of a batch need is in memory at once. */
const MOST = 10_000;

/** How much of a duration of joblib's is the newest one, where it is smoothed. */
const NEWEST_SHARE = 0.2;

/**
 * A worker gets half of its share of the last calls, so that others which are slower leave some to it.
 * joblib, which does not look again after each batch, gives a tenth.
 */
const LAST_SHARES = 2;

/** The last batches are no smaller than this part of the others: sending them would take longer. */
const LEAST_PART = 20;

/**
 * Checks the option `batchSize`.
 *
 * @param option What was given; `undefined` is "auto".
 * @returns The same.
 * @throws {TypeError} If it is neither a number nor "auto".
 * @throws {RangeError} If it is no whole number from 1.
 */
export function checkBatchSize(option: unknown): BatchSize {
  if (option === undefined || option === "auto") return "auto";
  if (typeof option === "number" && Number.isSafeInteger(option) && option > 0) return option;
  const Wrong = typeof option === "number" ? RangeError : TypeError;
  throw new Wrong(
    `Cannot send calls in batches of ${inspect(option)}: batchSize must be "auto" or 1, 2, 3, …`,
  );
}

/** Options of {@linkcode BatchSizer}. */
export interface BatchSizerOptions {
  /**
   * The biggest size that is found; a fixed one is not changed.
   *
   * @default 10_000
   */
  readonly most?: number;
  /**
   * When sizes change.
   *
   * @default BATCH_RULE
   */
  readonly rule?: BatchRule;
}

/** Finds how many calls a worker is sent at once, from how long the batches before have taken. */
export class BatchSizer {
  /**
   * Is told when the size changes: the milliseconds that led to it, the old size and the new one.
   *
   * @default nobody is
   */
  onChange: ((duration: number, before: number, after: number) => void) | undefined;
  readonly #isFixed: boolean;
  readonly #most: number;
  readonly #rule: BatchRule;
  #size: number;
  /** The smoothed duration of batches of the current size; `undefined` until there is one. */
  #duration: number | undefined;

  /**
   * Makes a sizer; sizes that are found begin with 1.
   *
   * @param batchSize What {@linkcode checkBatchSize} returned.
   * @param options The biggest size, and when sizes change.
   */
  constructor(batchSize: BatchSize, { most = MOST, rule = BATCH_RULE }: BatchSizerOptions = {}) {
    this.#isFixed = batchSize !== "auto";
    this.#size = batchSize === "auto" ? 1 : batchSize;
    this.#most = Math.max(1, most);
    this.#rule = rule;
  }

  /** How many calls a batch shall have. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes note of a batch that a worker has finished.
   *
   * Batches of another size, sent before a change or at the end, say little about the current one: what
   * it costs to send them is in their duration too. Only one that was far too long counts all the same.
   *
   * @param size How many calls it had.
   * @param ms How long it took from being sent to being finished, in milliseconds, without the start of
   * the worker.
   */
  finished(size: number, ms: number): void {
    const { minIdeal, maxIdeal, sudden, growth } = this.#rule;
    const isSudden = ms > sudden;
    if (this.#isFixed || (size !== this.#size && !isSudden)) return;
    const duration = isSudden ? ms : this.#smooth(ms);
    this.#duration = duration;
    if (duration >= minIdeal && duration <= maxIdeal) return;
    // Twice what would be ideal, so that it does not go up and down.
    const wanted = 2 * Math.floor(size * minIdeal / duration);
    const next = duration < minIdeal
      ? Math.min(growth * size, wanted, this.#most)
      : Math.min(this.#size, Math.max(wanted, 1));
    if (next !== this.#size) this.#change(next, duration);
  }

  /**
   * How many calls the next batch shall have, so that no worker is left without any.
   *
   * @param waiting How many calls wait for a worker, and are known of.
   * @param nJobs How many workers there are.
   * @param isEnd Whether no more calls come than those that wait.
   * @returns From 1 up to the current size; a fixed size is always the same.
   */
  sizeFor(waiting: number, nJobs: number, isEnd: boolean): number {
    if (this.#isFixed || nJobs === 1 || waiting >= this.#size * nJobs) return this.#size;
    if (!isEnd) return Math.max(1, Math.floor(waiting / nJobs));
    const share = Math.floor(waiting / (LAST_SHARES * nJobs));
    return Math.max(1, share, Math.floor(this.#size / LEAST_PART));
  }

  #smooth(ms: number): number {
    const before = this.#duration;
    return before === undefined ? ms : (1 - NEWEST_SHARE) * before + NEWEST_SHARE * ms;
  }

  #change(next: number, duration: number): void {
    const before = this.#size;
    this.#size = next;
    this.#duration = undefined;
    this.onChange?.(duration, before, next);
  }
}
