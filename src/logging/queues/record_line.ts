/**
 * Records that stand in line, some of which may be dropped before others, and the gaps between them.
 *
 * @module
 */

import type { LogRecord } from "../record.ts";
import { DropCount } from "./drop_count.ts";
import { Fifo } from "./fifo.ts";

/** Stands in the line where whoever takes records out is to end. */
export const SENTINEL = Symbol("sentinel");

/** A place in the line. */
interface Place {
  readonly ticket: number;
  /** How many records that are not droppable were put before it, ever. */
  readonly keptBefore: number;
}

interface Entry extends Place {
  readonly record: LogRecord;
}

interface Gap extends Place {
  readonly drops: DropCount;
}

/**
 * One line, kept as several that share their tickets: so each kind's first is found at once.
 *
 * What is dropped has a higher ticket than all that was dropped before: a record of a kind is dropped
 * when it is the oldest droppable one, or the new one where no droppable one waits.
 */
export class RecordLine {
  readonly #kept = new Fifo<Entry>();
  readonly #droppable = new Fifo<Entry>();
  readonly #gaps = new Fifo<Gap>();
  readonly #sentinels = new Fifo<Place>();
  #tickets = 0;
  #keptBefore = 0;
  #taken = -1;

  /** How many records there are. */
  get size(): number {
    return this.#kept.length + this.#droppable.length;
  }

  /** How many of them may be dropped. */
  get droppable(): number {
    return this.#droppable.length;
  }

  /** The ticket of what was taken out last. */
  get taken(): number {
    return this.#taken;
  }

  /** The last ticket that was given. */
  get last(): number {
    return this.#tickets - 1;
  }

  /** Puts a record at the end. */
  push(record: LogRecord, options: { readonly isDroppable: boolean }): void {
    const entry = { ...this.#place(), record };
    if (options.isDroppable) return this.#droppable.push(entry);
    this.#kept.push(entry);
    this.#keptBefore++;
  }

  /** Puts a sentinel at the end. */
  pushSentinel(): void {
    this.#sentinels.push(this.#place());
  }

  /** Takes out what stands first; for a gap, the count of what was dropped there. */
  take(): LogRecord | DropCount | typeof SENTINEL | undefined {
    let first: Fifo<Place> | undefined;
    let ticket = Infinity;
    for (const line of [this.#kept, this.#droppable, this.#gaps, this.#sentinels]) {
      const place = line.peek();
      if (place && place.ticket < ticket) [first, ticket] = [line, place.ticket];
    }
    if (!first) return undefined;
    this.#taken = ticket;
    switch (first) {
      case this.#sentinels:
        this.#sentinels.shift();
        return SENTINEL;
      case this.#gaps:
        return this.#gaps.shift()?.drops;
      default:
        return (first === this.#kept ? this.#kept : this.#droppable).shift()?.record;
    }
  }

  /** Leaves a gap at the end instead of a new record; none that is droppable may wait. */
  drop(record: LogRecord): void {
    this.#leaveGap({ ...this.#place(), record });
  }

  /** Leaves a gap instead of the first record that may be dropped. */
  dropFirst(): void {
    const entry = this.#droppable.shift();
    if (entry) this.#leaveGap(entry);
  }

  #place(): Place {
    return { ticket: this.#tickets++, keptBefore: this.#keptBefore };
  }

  #leaveGap({ record, ticket, keptBefore }: Entry): void {
    const gap = this.#gaps.last();
    // Droppable records that stood between them were dropped too.
    if (gap?.keptBefore === keptBefore) gap.drops.add(record);
    else this.#gaps.push({ ticket, keptBefore, drops: new DropCount(record) });
  }
}
