/**
 * The calls of a job that have come to their end. Where their agent is lost then, another one runs the whole job
 * again, and tells of them again.
 *
 * @module
 */

import type { LogRecord } from "../../logging/record.ts";
import type { WireOutcomes } from "../../parallel/wire/wire.ts";

/** Knows which calls have come to their end, and what of another delivery says nothing new. */
export class SettledCalls {
  readonly #run: string;
  readonly #indexes: readonly number[];
  readonly #settled = new Set<number>();
  /** How many outcomes of this delivery are known already. */
  #known = 0;

  /**
   * Begins without any.
   *
   * @param run The run of the job, as the caller names it.
   * @param indexes Which calls of the run were sent, in their order.
   */
  constructor(run: string, indexes: readonly number[]) {
    this.#run = run;
    this.#indexes = indexes;
  }

  /** Another delivery begins, which tells of all calls. */
  repeat(): void {
    this.#known = this.#settled.size;
  }

  /** How many calls have not come to their end. */
  get left(): number {
    return this.#indexes.length - this.#settled.size;
  }

  /** Whether a call was sent. */
  wasSent(index: number): boolean {
    return this.#indexes.includes(index);
  }

  /** Whether a call has come to its end. */
  has(index: number): boolean {
    return this.#settled.has(index);
  }

  /**
   * Whether a record is of a call that has come to its end, or of one that this has started.
   *
   * @param record The record.
   */
  hasLogged({ run, taskIndex }: LogRecord): boolean {
    if (this.#settled.size === 0 || run === undefined) return false;
    if (run === this.#run) return taskIndex !== undefined && this.#settled.has(taskIndex);
    if (!run.startsWith(`${this.#run}.`)) return false;
    // Runs that call 2 has started are called "1.2.1", those of its second attempt "1.2@2.1".
    return this.#settled.has(Number.parseInt(run.slice(this.#run.length + 1)));
  }

  /**
   * Takes outcomes, in the order of the calls.
   *
   * @param told What a delivery tells.
   * @returns What of it is new.
   */
  add(told: WireOutcomes): WireOutcomes {
    const skipped = Math.min(this.#known, told.values.length);
    this.#known -= skipped;
    const fresh = skipped === 0 ? told : withoutFirst(skipped, told);
    const from = this.#settled.size;
    for (const index of this.#indexes.slice(from, from + fresh.values.length)) {
      this.#settled.add(index);
    }
    return fresh;
  }
}

function withoutFirst(count: number, { values, ms, failed }: WireOutcomes): WireOutcomes {
  return {
    values: values.slice(count),
    ms: ms.slice(count),
    failed: failed.filter((place) => place >= count).map((place) => place - count),
  };
}
