/**
 * joblib's lines about a run: what `verbose` asks for.
 *
 * Ported from joblib 1.2: `Parallel._print` and `print_progress`, `_verbosity_filter` and
 * `short_format_time`. A test runs the same calls through joblib and compares the lines.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { checkWhole } from "../../logging/check_option.ts";
import { LEVELS } from "../../logging/levels.ts";
import { currentRealm, getLogger } from "../../logging/realm.ts";
import { createRecord } from "../../logging/record.ts";
import { floatText } from "../../logging/text/number_text.ts";
import { writeWhole } from "../../logging/write_whole.ts";
import type { FinishedBatch, RunObserver, RunState } from "./run_observer.ts";
import type { Rejection } from "./run_end.ts";

/** From here on, changes of the size of batches are told too. */
const TELLS_SIZES = 10;

/** Above this, every batch is told. */
const TELLS_ALL = 10;

/** From here on, lines go to stdout. */
const TO_STDOUT = 50;

/**
 * Checks the option `verbose`.
 *
 * @param option What was given: a number, `true` for 1, or `false` or `undefined` for 0.
 * @returns The number.
 * @throws {TypeError} If it is something else.
 * @throws {RangeError} If it is no whole number from 0.
 */
export function checkVerbose(option: unknown): number {
  if (option === undefined || typeof option === "boolean") return option ? 1 : 0;
  return checkWhole("verbose", option);
}

/** Options of {@linkcode VerboseObserver}. */
export interface VerboseOptions {
  /** The `nJobs` that the `Parallel` was made with, such as -1. */
  readonly nJobs: number;
  /**
   * A clock, in milliseconds.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

/**
 * Logs joblib's lines at joblib's moments, through the logger `paralog` at INFO. The higher `verbose`,
 * the more there are; above 10 there is one for each batch.
 *
 * Since they were asked for, the level that `paralog` inherits does not hold them back; a level of its
 * own does. Where no handler is configured that could take them, they are written as joblib does: to
 * stderr, or to stdout if `verbose` is 50 or more.
 */
export class VerboseObserver implements RunObserver {
  readonly #verbose: number;
  readonly #parallel: string;
  readonly #now: () => number;
  /** Goes back to where the run was started: its realm, its fields. */
  readonly #enter = AsyncLocalStorage.snapshot();
  #nJobs = 1;
  #startedAt = 0;
  /** Calls that have come to their end, at the last line too, and batches. */
  #done = 0;
  #told = 0;
  #batches = 0;
  /** Whether the batch before found no more calls to take: joblib's `_original_iterator is None`. */
  #isExhausted = false;

  /**
   * Makes an observer for one run.
   *
   * @param verbose What {@linkcode checkVerbose} returned.
   * @param options How many jobs were asked for, and a clock.
   */
  constructor(verbose: number, { nJobs, now = () => performance.now() }: VerboseOptions) {
    this.#verbose = verbose;
    this.#parallel = `Parallel(n_jobs=${nJobs})`;
    this.#now = now;
  }

  onStart(run: RunState, backend: string, nJobs: number): void {
    this.#say("Using backend %s with %d concurrent workers.", backend, nJobs);
    this.#nJobs = nJobs;
    this.#isExhausted = nJobs === 1 || run.preDispatch === 0;
    this.#startedAt = this.#now();
  }

  onBatchSize(duration: number, before: number, after: number): void {
    if (this.#verbose < TELLS_SIZES) return;
    const how = after > before ? "fast" : "slow";
    this.#say(
      `Batch computation too ${how} (%.4fs.) Setting batch_size=%d.`,
      duration / 1000,
      after,
    );
  }

  onRetry(): void {
    this.#done--; // Its batch counts it.
  }

  onBatch(run: RunState, { size }: FinishedBatch): void {
    if (run.isStopped) return; // joblib has thrown by then.
    this.#done += size;
    this.#batches++;
    // What waits for a worker of ours, joblib has given to its pool. But when it tells of a batch, it has
    // not looked for the next one yet; we may have, also when batches of two workers end at once.
    const given = run.batches + Math.ceil((run.taken - run.dispatched) / size);
    const ahead = run.preDispatch + this.#batches - 1;
    this.#isExhausted ||= this.#batches > 1 && run.taken === run.total && ahead > given;
    if (this.#done === this.#told) return; // All of it is tried again.
    this.#told = this.#done;
    if (this.#isExhausted) this.#tellRemaining(run);
    else if (!isSkipped(Math.min(ahead, given), this.#verbose)) {
      this.#say("Done %3i tasks      | elapsed: %s", this.#done, this.#elapsed());
    }
  }

  onEnd(run: RunState, rejection?: Rejection): void {
    if (rejection) return;
    const { settled } = run;
    this.#say("Done %3i out of %3i | elapsed: %s finished", settled, settled, this.#elapsed());
  }

  #tellRemaining(run: RunState): void {
    const done = this.#done;
    // One worker gets a call when it has finished the one before, in joblib too.
    const [total, ahead] = this.#nJobs === 1 ? [done, 0] : [run.taken, run.preDispatch];
    const cursor = total - done + 1 - ahead;
    const frequency = Math.floor(total / this.#verbose) + 1;
    if (done + 1 === total || cursor % frequency !== 0) return;
    const remaining = (this.#now() - this.#startedAt) / done * (total - done);
    this.#say(
      "Done %3i out of %3i | elapsed: %s remaining: %s",
      ...[done, total, this.#elapsed(), shortTime(remaining)],
    );
  }

  #elapsed(): string {
    return shortTime(this.#now() - this.#startedAt);
  }

  #say(template: string, ...args: readonly unknown[]): void {
    this.#enter(() => say(this.#verbose, `[%s]: ${template}`, [this.#parallel, ...args]));
  }
}

/** Logs a line, or writes it where no handler is configured that could take it. */
function say(verbose: number, template: string, args: readonly unknown[]): void {
  const realm = currentRealm();
  const logger = getLogger("paralog");
  const isConfigured = logger.hasHandlers();
  if (isConfigured && logger.isEnabledFor(LEVELS.INFO)) return logger.info(template, ...args);
  if (logger.disabled || logger.level > LEVELS.INFO || realm.disabledLevel >= LEVELS.INFO) return;
  const record = createRecord(realm.origin, logger.name, LEVELS.INFO, template, args);
  if (logger.handle(record) !== "filtered" || isConfigured) return;
  writeWhole(verbose < TO_STDOUT ? Deno.stderr : Deno.stdout, `${record.msg}\n`);
}

/** Whether there is no line for a batch: the lower `verbose`, and the more batches, the rarer it is. */
function isSkipped(batches: number, verbose: number): boolean {
  if (verbose > TELLS_ALL) return false;
  const distance = 0.5 * (11 - verbose) ** 2;
  return Math.trunc(Math.sqrt((batches + 1) / distance)) ===
    Math.trunc(Math.sqrt(batches / distance));
}

function shortTime(ms: number): string {
  const seconds = ms / 1000;
  return seconds > 60
    ? `${floatText("f", seconds / 60, 1).padStart(4)}min`
    : ` ${floatText("f", seconds, 1).padStart(5)}s`;
}
