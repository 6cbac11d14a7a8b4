/**
 * Records that stand in line, some of which may be dropped before others.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { Fifo } from "./fifo.ts";

/** Stands in the line where whoever takes records out is to end. */
export const SENTINEL = Symbol("sentinel");

/** A record and its place in the line. */
interface Entry {
  readonly ticket: number;
  readonly record: LogRecord;
}

/** One line, kept as three that share their tickets: so each kind's first is found at once. */
export class RecordLine {
  readonly #kept = new Fifo<Entry>();
  readonly #droppable = new Fifo<Entry>();
  readonly #sentinels = new Fifo<number>();
  #tickets = 0;

  /** How many records there are. */
  get size(): number {
    return this.#kept.length + this.#droppable.length;
  }

  /** How many of them may be dropped. */
  get droppable(): number {
    return this.#droppable.length;
  }

  /** Puts a record at the end. */
  push(record: LogRecord, options: { readonly isDroppable: boolean }): void {
    const line = options.isDroppable ? this.#droppable : this.#kept;
    line.push({ ticket: this.#tickets++, record });
  }

  /** Puts a sentinel at the end. */
  pushSentinel(): void {
    this.#sentinels.push(this.#tickets++);
  }

  /** Takes out what stands first. */
  take(): LogRecord | typeof SENTINEL | undefined {
    const kept = this.#kept.peek()?.ticket ?? Infinity;
    const droppable = this.#droppable.peek()?.ticket ?? Infinity;
    if ((this.#sentinels.peek() ?? Infinity) < Math.min(kept, droppable)) {
      this.#sentinels.shift();
      return SENTINEL;
    }
    return (kept < droppable ? this.#kept : this.#droppable).shift()?.record;
  }

  /** Takes out the first record that may be dropped. */
  takeDroppable(): LogRecord | undefined {
    return this.#droppable.shift()?.record;
  }
}
