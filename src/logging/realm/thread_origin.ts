/**
 * Where the records of this thread come from: its process, its name, its sequence and its clock.
 *
 * @module
 */

import type { RecordOrigin } from "../record.ts";
import { Sequence } from "./sequence.ts";

/** How far the two clocks may be apart before the system's wins, in milliseconds. */
const MAX_DRIFT = 2;

/** How often the system's time is asked for, in milliseconds: that takes a fourth of a log call (bench/log_calls.ts). */
const CHECK_INTERVAL = 1;

/**
 * Adds the fraction of the monotonic clock to the system's time of day. The monotonic clock stops
 * while a machine sleeps and knows nothing of a clock that was set: then it is anchored anew.
 */
class Clock {
  #offset = performance.timeOrigin;
  #checkedAt = -CHECK_INTERVAL;

  /** Milliseconds since 1970 (UTC), with a fraction. */
  now(): number {
    const monotonic = performance.now();
    if (monotonic - this.#checkedAt < CHECK_INTERVAL) return this.#offset + monotonic;
    this.#checkedAt = monotonic;
    const wall = Date.now();
    const precise = this.#offset + monotonic;
    if (precise >= wall - MAX_DRIFT && precise < wall + MAX_DRIFT) return precise;
    this.#offset = wall - monotonic;
    return wall;
  }
}

/** The thread that records come from. */
export class ThreadOrigin implements RecordOrigin {
  readonly process = Deno.pid;
  readonly processName: string;
  /** The numbers of its records. */
  readonly sequence: Sequence;
  readonly #clock = new Clock();
  #runs = 0;

  /**
   * Makes the origin of a thread.
   *
   * @param processName "MainProcess", or the name of the worker.
   * @param sequence The numbers of its records; a thread has one sequence only.
   */
  constructor(processName: string, sequence: Sequence = new Sequence()) {
    this.processName = processName;
    this.sequence = sequence;
  }

  nextSeq(): number {
    return this.sequence.next();
  }

  beforeChange(): void {
    this.sequence.collectBeforeChange();
  }

  nextRun(): string {
    return String(++this.#runs);
  }

  now(): number {
    return this.#clock.now();
  }
}

/** Which task it is. */
export interface TaskPlace {
  /** Which call of the run it is, from 0. */
  readonly index: number;
  /** Which run it belongs to. */
  readonly run: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
}

/**
 * The same place, while a task runs there.
 *
 * @param origin The thread.
 * @param place Which task it is.
 * @returns An origin with the same sequence.
 */
export function originOfTask(
  origin: RecordOrigin,
  { index, run, attempt }: TaskPlace,
): RecordOrigin {
  let runs = 0;
  const task = attempt === 1 ? `${index}` : `${index}@${attempt}`;
  return {
    process: origin.process,
    processName: origin.processName,
    taskIndex: index,
    run,
    attempt,
    nextRun: () => `${run}.${task}.${++runs}`,
    nextSeq: () => origin.nextSeq(),
    beforeChange: () => origin.beforeChange(),
    now: () => origin.now(),
  };
}
