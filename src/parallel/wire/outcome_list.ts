/**
 * What became of the calls that have come to their end, until the caller is told.
 *
 * @module
 */

import type { SerializedThrown } from "../../logging/errors.ts";
import type { Prepared } from "../values/clone.ts";
import type { WireOutcomes } from "./wire.ts";

/** What goes its own way beside a message. */
export type SentParts = Pick<Prepared, "transfer" | "buffers">;

/** Gathers what became of calls. */
export class OutcomeList {
  readonly #values: unknown[] = [];
  readonly #ms: number[] = [];
  readonly #failed: number[] = [];
  /** What goes beside the values. */
  readonly parts: SentParts = { transfer: [], buffers: [] };

  /** How many calls there are. */
  get length(): number {
    return this.#values.length;
  }

  /** A call has returned something of which no part goes its own way. */
  addValue(value: unknown, ms: number): void {
    this.#values.push(value);
    this.#ms.push(ms);
  }

  /** A call has returned something. */
  addPrepared({ value, transfer, buffers }: Prepared, ms: number): void {
    this.parts.transfer.push(...transfer);
    this.parts.buffers.push(...buffers);
    this.addValue(value, ms);
  }

  /** A call has failed. */
  addError(error: SerializedThrown, ms: number): void {
    this.#failed.push(this.#values.length);
    this.addValue(error, ms);
  }

  /** All of it, as it is sent. */
  get outcomes(): WireOutcomes {
    return { values: this.#values, ms: this.#ms, failed: this.#failed };
  }
}
