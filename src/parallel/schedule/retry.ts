/**
 * Trying calls again that failed: how often, how long after, and which.
 *
 * @module
 */

import { checkWhole } from "../../logging/check_option.ts";
import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { inspect } from "../../logging/text/inspect.ts";
import { TaskTimeoutError, WorkerCrashError } from "../errors.ts";

/** How calls that fail are tried again. */
export interface RetryOptions {
  /** How many further attempts a call has, after its first one: 0, 1, 2, … */
  attempts: number;
  /**
   * How long the first further attempt waits, in milliseconds.
   *
   * @default 100
   */
  backoff?: number;
  /**
   * How many times as long each later attempt waits as the one before it: 1 or more.
   *
   * @default 2
   */
  multiplier?: number;
  /**
   * How long an attempt waits at most, in milliseconds.
   *
   * @default 30000, or `backoff` if that is longer
   */
  maxBackoff?: number;
  /**
   * Which part of the wait is left to chance, so that calls that failed together do not come back
   * together: 0 waits as long as was said, 0.5 between half as long and as long, 1 between not at all
   * and as long.
   *
   * @default 0.5
   */
  jitter?: number;
  /**
   * Whether a call that failed is tried again. It is called in the caller's own thread and must answer
   * at once.
   *
   * It is not asked where no attempt can help: the error has a field `retriable` that is `false`, which
   * a task may set itself; a worker could not be started; the call waited too long for a worker. And
   * not where the run has come to its end, by its signal or by the error of another call.
   *
   * @param error What the call failed with.
   * @param attempt Which attempt it was, from 1.
   * @default each is, whatever it failed with
   */
  when?: (error: unknown, attempt: number) => boolean;
}

const OPTIONS = ["attempts", "backoff", "multiplier", "maxBackoff", "jitter", "when"] as const;
const WHAT = "try calls again";

/** The longest time that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Checks the option `retries`.
 *
 * @param option How many further attempts a call has, or an object with details.
 * @returns When to try again; `undefined` if that was not asked for.
 * @throws {TypeError} If it is something else, or one of the details is unknown or of another type.
 * @throws {RangeError} If a number is not in its range.
 */
export function checkRetries(option: unknown): RetryPolicy | undefined {
  if (option === undefined) return undefined;
  if (typeof option === "number") {
    const attempts = checkWhole("retries", option);
    return attempts === 0 ? undefined : new RetryPolicy({ attempts });
  }
  if (typeof option !== "object" || option === null) {
    throw new TypeError(
      `Cannot ${WHAT}: current value of retries is ${inspect(option)}, allowed are whole numbers ` +
        "from 0 and objects such as { attempts: 3, backoff: 500 }",
    );
  }
  const policy = new RetryPolicy(option as RetryOptions); // It checks what is in there.
  return policy.attempts === 0 ? undefined : policy;
}

/**
 * Says when a call that failed is tried again. It holds nothing of any call: one is enough for a run.
 *
 * A further attempt waits `min(backoff * multiplier ** n, maxBackoff)`, of which a random part is taken
 * off, as `retry` of `@std/async` does; with a jitter of 0.5 and 1 these are the "equal" and the "full"
 * jitter of <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
 */
export class RetryPolicy {
  /** How many further attempts a call has, after its first one. */
  readonly attempts: number;
  readonly #backoff: number;
  readonly #multiplier: number;
  readonly #maxBackoff: number;
  readonly #jitter: number;
  readonly #when: RetryOptions["when"];
  readonly #random: () => number;

  /**
   * Makes a policy.
   *
   * @param options How often, how long after, and which.
   * @param random Draws a number from 0 to 1, 1 excluded.
   * @throws {TypeError} If an option is unknown or of another type.
   * @throws {RangeError} If a number is not in its range.
   */
  constructor(options: RetryOptions, random: () => number = Math.random) {
    checkOptionNames(WHAT, options, OPTIONS);
    const { attempts, backoff = 100, multiplier = 2, jitter = 0.5, when } = options;
    this.attempts = checkWhole("attempts of retries", attempts);
    this.#backoff = checkNumber("backoff", backoff, 0, MAX_DELAY);
    this.#multiplier = checkNumber("multiplier", multiplier, 1, Number.MAX_VALUE);
    const maxBackoff = options.maxBackoff ?? Math.max(30_000, backoff);
    this.#maxBackoff = checkNumber("maxBackoff", maxBackoff, backoff, MAX_DELAY);
    this.#jitter = checkNumber("jitter", jitter, 0, 1);
    if (when !== undefined && typeof when !== "function") {
      throw new TypeError(
        `Cannot ${WHAT}: current value of when is ${inspect(when)}, write (error) => …`,
      );
    }
    this.#when = when;
    this.#random = random;
  }

  /**
   * Says how a call goes on that has failed.
   *
   * @param error What it failed with.
   * @param attempt Which attempt it was, from 1.
   * @returns How long the next attempt waits, in milliseconds; `undefined` if there is none.
   * @throws {AggregateError} If `when` throws, or does not answer: what the call has failed with now. It
   * holds the error of the call and that of `when`, in this order.
   */
  next(error: unknown, attempt: number): number | undefined {
    if (attempt > this.attempts || isHopeless(error) || !this.#asks(error, attempt)) {
      return undefined;
    }
    const grown = this.#backoff * this.#multiplier ** (attempt - 1) || 0; // Not 0 * Infinity.
    return Math.min(grown, this.#maxBackoff) * (1 - this.#jitter * this.#random());
  }

  #asks(error: unknown, attempt: number): boolean {
    try {
      const answer: unknown = this.#when?.(error, attempt) ?? this.#when === undefined;
      if (!(answer instanceof Promise)) return Boolean(answer);
      answer.catch(() => {}); // Its error would come too late, and there is another one now.
      throw new TypeError("it returned a promise; decide without waiting, or within the task");
    } catch (reason) {
      const text = reason instanceof Error ? reason.message : inspect(reason);
      throw new AggregateError(
        [error, reason],
        `Cannot decide whether to try a call again: \`when\` of retries failed: ${text}`,
      );
    }
  }
}

/**
 * Whether no further attempt can help: the error says so, the worker could not be started, or the call
 * has waited for as long as it may.
 */
function isHopeless(error: unknown): boolean {
  if (error instanceof WorkerCrashError) {
    return error.reason.kind === "start" || error.reason.kind === "initializer";
  }
  if (error instanceof TaskTimeoutError) return error.phase === "queue";
  if (typeof error !== "object" || error === null) return false;
  try {
    return Reflect.get(error, "retriable") === false;
  } catch {
    return false; // A getter threw: the error says nothing.
  }
}

function checkNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== "number") {
    throw new TypeError(
      `Cannot ${WHAT}: current value of ${name} is ${inspect(value)}, allowed are numbers`,
    );
  }
  if (value >= min && value <= max) return value;
  throw new RangeError(
    `Cannot ${WHAT}: current value of ${name} is ${value}, allowed is from ${min} to ${max}`,
  );
}
