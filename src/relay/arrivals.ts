/**
 * Putting the records of several processes in one order. There is no counter that all of them share, so
 * their records go by time, as far as they have arrived together.
 *
 * @module
 */

import { setImmediate, setTimeout } from "node:timers";
import { reportLoggingError } from "../logging/handler.ts";
import type { LogRecord } from "../logging/record.ts";
import { addRecordSource, threadSequence } from "../logging/realm.ts";

/** From which age on a record is late, in milliseconds: this thread was busy, and has to catch up. */
const LATE = 5;

/** Options of {@linkcode Arrivals}. */
export interface ArrivalsOptions {
  /**
   * Whether what all workers say comes through one pipe, in its order: then nothing has to be waited for.
   *
   * @default false
   */
  readonly isOnePipe?: boolean;
}

/** How long other pipes then have to be read, in milliseconds: some turns of a busy event loop. */
const CATCH_UP = 20;

/** The records of one worker. */
export interface ArrivalLane extends Disposable {
  /**
   * Takes a record. It is handed on at the end of this turn of the event loop, or before the next record
   * of this thread; if it comes late, once other pipes had their turn.
   *
   * @param record A record, in the order of the worker.
   */
  add(record: LogRecord): void;
  /**
   * Calls a function once all records that have arrived by now are handed on; at once, if there are none.
   *
   * @param fn The function.
   */
  afterwards(fn: () => void): void;
}

/** A lane with what waits in it. */
interface Waiting {
  readonly place: number;
  readonly deliver: (record: LogRecord) => void;
  readonly records: LogRecord[];
  /** How many of the records are handed on. */
  done: number;
  isOpen: boolean;
}

/**
 * Gathers what arrives at the same time and hands it on: by time, then by worker. The
 * records of one worker keep their order, whatever its clock does. Here they get numbers of the
 * sequence of this thread.
 */
export class Arrivals {
  readonly #lanes = new Set<Waiting>();
  readonly #isOnePipe: boolean;
  #afterwards: (() => void)[] = [];
  #isDue = false;
  #isHandingOn = false;
  #source: Disposable | undefined;

  /**
   * Begins without lanes.
   *
   * @param options How records come.
   */
  constructor({ isOnePipe = false }: ArrivalsOptions = {}) {
    this.#isOnePipe = isOnePipe;
  }

  /**
   * Opens a lane for a worker. To be disposed when the worker has ended.
   *
   * @param place Which worker it is, from 1: what was logged at the same time goes by that.
   * @param deliver Handles a record. What it throws is reported on stderr.
   */
  open(place: number, deliver: (record: LogRecord) => void): ArrivalLane {
    const lane: Waiting = { place, deliver, records: [], done: 0, isOpen: true };
    this.#lanes.add(lane);
    this.#source ??= addRecordSource(
      // With a number, those with lower ones are wanted; here they get theirs when they are handed on.
      (before) => before === undefined ? this.handOn() : undefined,
      () => this.#first() !== undefined,
    );
    return {
      add: (record) => {
        lane.records.push(record);
        if (!this.#isOnePipe && Date.now() - record.time > LATE) this.#handOnLater();
        else this.#handOnSoon();
      },
      afterwards: (fn) => {
        if (!this.#isDue && !this.#isHandingOn) return fn(); // Nothing has arrived before.
        this.#afterwards.push(fn);
        this.#handOnSoon();
      },
      [Symbol.dispose]: () => {
        lane.isOpen = false;
        this.handOn();
      },
    };
  }

  /** Hands on what has arrived, now. */
  handOn(): void {
    if (this.#isHandingOn) return; // A handler that logs has brought us here.
    this.#isHandingOn = true;
    try {
      for (let lane = this.#first(); lane; lane = this.#first()) this.#deliverNext(lane);
    } finally {
      this.#isHandingOn = false;
      this.#sweep();
    }
  }

  #handOnSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#handOnNow());
  }

  /** This thread is behind: other pipes have records too, and are read while it waits for a timer. */
  #handOnLater(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => this.#handOnNow(), CATCH_UP);
  }

  #handOnNow(): void {
    this.#isDue = false;
    const afterwards = this.#afterwards;
    this.#afterwards = [];
    try {
      this.handOn();
    } finally {
      for (const fn of afterwards) fn();
    }
  }

  /** The lane whose next record comes first of all. */
  #first(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const lane of this.#lanes) {
      if (lane.records.length > 0 && (!first || isBefore(lane, first))) first = lane;
    }
    return first;
  }

  #deliverNext(lane: Waiting): void {
    const record = lane.records[lane.done++];
    if (lane.done === lane.records.length) {
      lane.records.length = 0;
      lane.done = 0;
    }
    if (record) deliver(lane, { ...record, seq: threadSequence().next() });
  }

  #sweep(): void {
    for (const lane of this.#lanes) {
      if (!lane.isOpen && lane.records.length === 0) this.#lanes.delete(lane);
    }
    if (this.#lanes.size > 0) return;
    this.#source?.[Symbol.dispose]();
    this.#source = undefined;
  }
}

/** Never throws: the record of one worker must not keep those of the others back. */
function deliver(lane: Waiting, record: LogRecord): void {
  try {
    lane.deliver(record);
  } catch (error) {
    reportLoggingError("A record of a worker could not be handled", record, error);
  }
}

function isBefore(lane: Waiting, other: Waiting): boolean {
  const [time, otherTime] = [timeOf(lane), timeOf(other)];
  return time < otherTime || time === otherTime && lane.place < other.place;
}

/** When the next record of a lane was logged. */
function timeOf({ records, done }: Waiting): number {
  return records[done]?.time ?? Infinity;
}
