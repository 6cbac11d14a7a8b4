/**
 * The numbers of records. They give the records of a thread, and of the Web Workers that it starts,
 * one order.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { isNested, runUnnested } from "./nesting.ts";
import { reportFailure } from "../queues/safely.ts";

/** Something that brings records from elsewhere. */
interface RecordSource {
  /** Whether there may be any. It is asked before each number, so it must be quick. */
  hasRecords(): boolean;
  /**
   * Handles those that are there, in the context in which the source was added.
   *
   * @param before A number that was just taken here: those that have a lower one are waited for, which
   * workers are about to send at this very moment.
   */
  collect(before?: number): void;
}

/** The numbers of records: one sequence for a thread and the Web Workers that it starts. */
export class Sequence {
  /** One 32-bit word: the last number that was taken, modulo 2^32. Workers draw with `Atomics.add`. */
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT);
  readonly #word = new Uint32Array(this.memory);
  /** The highest number that is known here. */
  #last = 0;
  /** The list is replaced when one is added or removed, never changed. */
  #sources: readonly RecordSource[] = [];
  #isCollecting = false;
  /** Whether the code that runs has changed something already. */
  #isChanging = false;
  #failures = 0;

  /** Takes the next number, from 1. What workers logged before is handled first. */
  next(): number {
    // A handler that logs is not done with its own record: those of workers come after it.
    const isFirst = this.#sources.length > 0 && !isNested();
    if (isFirst) this.collect();
    const word = Atomics.add(this.#word, 0, 1) + 1;
    // Numbers only grow, so it is the next one that ends in these 32 bits.
    const steps = (word - this.#last) >>> 0;
    const number = this.#last += steps;
    if (isFirst && steps > 1) this.collect(number); // Workers have taken some in between.
    return number;
  }

  /**
   * The number of which a worker has only the lower 32 bits: the one nearest to the last number known
   * here.
   *
   * @param word Its lower 32 bits, with or without a sign.
   * @returns The whole number.
   */
  unwrap(word: number): number {
    const number = this.#last + ((word - this.#last) | 0);
    if (number > this.#last) this.#last = number;
    return number;
  }

  /**
   * Adds something that brings records from elsewhere. It is called before each number that is taken
   * here, so that what workers logged before is handled before; and before handlers are flushed or
   * closed.
   *
   * @param collect Handles the records that are there, in the context of this call. Given a number, it
   * handles those that have a lower one, and waits for what is just being sent. What it throws is
   * reported on stderr.
   * @param hasRecords Tells whether there may be any; to call `collect` in its context is not cheap.
   * @returns What removes it.
   */
  addSource(
    collect: (before?: number) => void,
    hasRecords: () => boolean = () => true,
  ): Disposable {
    const inContext: (fn: () => void) => void = AsyncLocalStorage.snapshot();
    const source = {
      hasRecords,
      collect: (before?: number) => inContext(() => collect(before)),
    };
    this.#sources = [...this.#sources, source];
    return {
      [Symbol.dispose]: () => {
        this.#sources = this.#sources.filter((other) => other !== source);
      },
    };
  }

  /**
   * Calls the sources, unless one of them has led to this call. Never throws.
   *
   * @param before A number: only what has a lower one is wanted, and all of that.
   */
  collect(before?: number): void {
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    try {
      for (const source of this.#sources) this.#collectFrom(source, before);
    } finally {
      this.#isCollecting = false;
    }
  }

  /** Calls the sources once for all changes that the code makes which runs now. Never throws. */
  collectBeforeChange(): void {
    if (this.#isChanging || this.#sources.length === 0) return;
    this.#isChanging = true;
    queueMicrotask(() => this.#isChanging = false);
    this.collect();
  }

  #collectFrom(source: RecordSource, before: number | undefined): void {
    try {
      if (before === undefined && !source.hasRecords()) return;
      runUnnested(() => source.collect(before));
    } catch (error) {
      this.#failures++;
      if (!Number.isInteger(Math.log10(this.#failures))) return; // It may fail at every record.
      const count = this.#failures === 1 ? "" : ` ${this.#failures} times`;
      reportFailure(`Records of workers could not be collected${count}`, error, "paralog.relay");
    }
  }
}
