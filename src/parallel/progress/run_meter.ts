/**
 * Measuring how far a run is.
 *
 * @module
 */

import type { RunState, TaskProgress } from "../watching/run_observer.ts";
import type { RunProgress } from "./progress_option.ts";

/** Over how many milliseconds the rate is measured, and over how many calls where those take longer. */
const RATE_TIME = 15_000;
const RATE_CALLS = 20;

/** How a run ended. */
export type EndState = Exclude<RunProgress["state"], "running">;

/** What a meter may be told when it is made. */
export interface RunMeterOptions {
  /** The name of the `Parallel`. */
  readonly name?: string | undefined;
  /**
   * The clock, in milliseconds.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

/** Measures a run: what is not in its state is gathered here. */
export class RunMeter {
  readonly #run: RunState;
  readonly #name: string | undefined;
  readonly #now: () => number;
  readonly #began: number;
  readonly #rate = new RecentRate();
  readonly #tasks = new Map<string, TaskProgress>();
  #retried = 0;

  /**
   * Begins to measure.
   *
   * @param run The state of the run.
   * @param options The name, and the clock.
   */
  constructor(run: RunState, { name, now = () => performance.now() }: RunMeterOptions = {}) {
    this.#run = run;
    this.#name = name;
    this.#now = now;
    this.#began = now();
  }

  /** A call is tried again. */
  retry(): void {
    this.#retried++;
  }

  /** A task tells how far it is. A worker runs one at a time. */
  task({ index, worker, done, total }: TaskProgress): void {
    this.#tasks.set(worker, { index, worker, done, total });
  }

  /** Tasks of a worker have come to their end. */
  settle(worker: string): void {
    if (this.#tasks.size > 0) this.#tasks.delete(worker);
  }

  /**
   * Says how far the run is.
   *
   * @param end How it ended, once it has.
   */
  read(end?: EndState): RunProgress {
    const { settled: done, total, running, failed } = this.#run;
    const elapsed = this.#now() - this.#began;
    this.#rate.add(elapsed, done);
    const rate = end ? perSecond(done, elapsed) : this.#rate.value;
    return {
      name: this.#name,
      state: end ?? "running",
      done,
      total,
      running: end ? 0 : running,
      failed,
      retried: this.#retried,
      elapsed,
      rate,
      remaining: remainingTime({ done, total, rate, end }),
      tasks: end ? [] : [...this.#tasks.values()].sort((a, b) => a.index - b.index),
    };
  }
}

/** A mean in which what is long ago counts less and less. */
class RecentRate {
  #elapsed = 0;
  #done = 0;
  /** What counts of the time and of the calls. */
  #time = 0;
  #calls = 0;

  /** Calls a second. */
  get value(): number {
    return perSecond(this.#calls, this.#time);
  }

  /** Takes note of how much was done after so many milliseconds. */
  add(elapsed: number, done: number): void {
    const passed = elapsed - this.#elapsed;
    if (!(passed > 0)) return;
    const span = Math.max(RATE_TIME, RATE_CALLS * elapsed / Math.max(done, 1));
    const kept = Math.exp(-passed / span);
    this.#time = this.#time * kept + passed;
    this.#calls = this.#calls * kept + done - this.#done;
    this.#elapsed = elapsed;
    this.#done = done;
  }
}

function perSecond(count: number, milliseconds: number): number {
  return milliseconds > 0 ? count * 1000 / milliseconds : 0;
}

function remainingTime(
  { done, total, rate, end }: {
    readonly done: number;
    readonly total: number | undefined;
    readonly rate: number;
    readonly end: EndState | undefined;
  },
): number | undefined {
  if (total === undefined) return undefined;
  if (done >= total) return 0;
  return rate > 0 && !end ? (total - done) * 1000 / rate : undefined;
}
