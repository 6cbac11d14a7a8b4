/**
 * The end of a ring that writes.
 *
 * @module
 */

import type { RecordOutcome, RecordTally } from "../logging/outcome.ts";
import {
  CHANGES,
  CLOSED,
  COMMITTED,
  CONSUMED,
  COUNT,
  DROPPED,
  FILTERED,
  FRAME_HEADER_BYTES,
  frameBytes,
  LOST,
  LOW,
  OUTSIDE,
  READER_WAITS,
  type RingViews,
  SKIP,
  viewRing,
  WRITER_WAITS,
  WRITTEN,
} from "./ring.ts";

/** How long a writer sleeps at once: after that it looks by itself whether the reader moved or closed. */
const SLICE_MS = 10;

/** The most bytes of UTF-8 that a UTF-16 code unit becomes. */
const MAX_BYTES_PER_UNIT = 3;

/** What became of a text: "full" may have room later, "tooBig" never will. */
export type WriteOutcome = "written" | "full" | "tooBig";

/** Writes texts into a ring, each with a number from a counter that many writers share. */
export class RingWriter implements RecordTally {
  readonly #ring: RingViews;
  readonly #counter: Int32Array<SharedArrayBuffer>;
  readonly #encoder = new TextEncoder();
  /** The word COMMITTED, which nobody else changes. */
  #committed: number;
  /** The word CONSUMED as it was when it was last looked at. */
  #consumed: number;
  /** The room that the last text lacked, in bytes. */
  #wanted = 0;

  /**
   * Takes hold of the writing end. There must be no other writer of this ring.
   *
   * @param memory What `createRing` made.
   * @param sequence One word: the last number that was drawn, modulo 2^32.
   * @throws {RangeError} If the memory is not that of a ring.
   */
  constructor(memory: SharedArrayBuffer, sequence: SharedArrayBuffer) {
    this.#ring = viewRing(memory);
    this.#counter = new Int32Array(sequence, 0, 1);
    this.#committed = Atomics.load(this.#ring.words, COMMITTED);
    this.#consumed = Atomics.load(this.#ring.words, CONSUMED);
  }

  /** Whether the reader has said that it reads no more. */
  get isClosed(): boolean {
    return Atomics.load(this.#ring.words, CLOSED) !== 0;
  }

  /**
   * Writes one record whole, or not at all.
   *
   * @param text The record. Lone surrogates in it become U+FFFD.
   * @returns Whether it is in the ring.
   */
  write(text: string): WriteOutcome {
    const { words, frames, bytes, size } = this.#ring;
    const outcome = this.#makeRoom(text);
    if (outcome !== undefined) return outcome;

    const start = this.#committed & (size - 1);
    const free = size - ((this.#committed - this.#consumed) | 0);
    const end = Math.min(size, start + free);
    const counter = this.#counter;
    const length = this.#encoder.encodeInto(text, bytes.subarray(start + FRAME_HEADER_BYTES, end))
      .written;
    const frame = start >> 2;
    const committed = (this.#committed + ((FRAME_HEADER_BYTES + length + 3) & ~3)) | 0;
    frames[frame] = length;

    // The worker may be terminated here: V8 stops it where a function, a built-in one included, or a
    // round of a loop starts. So the record is committed by one store, and its count follows without
    // a call between. A number that was drawn and not committed by then is missed by nobody, and the
    // reader of a writer that ended does not ask for LOW. A stack overflow, which a task may catch,
    // would strike at the same places, but encodeInto() needs more of the stack and meets it first.
    Atomics.store(words, LOW, Atomics.load(counter, 0) | 1);
    frames[frame + 1] = Atomics.add(counter, 0, 1) + 1;
    Atomics.store(words, COMMITTED, committed);
    words[COUNT]!++;
    this.#committed = committed;
    Atomics.store(words, LOW, 0);
    Atomics.add(words, CHANGES, 1);
    if (Atomics.load(words, READER_WAITS) !== 0) {
      Atomics.store(words, READER_WAITS, 0);
      Atomics.notify(words, CHANGES);
    }
    return "written";
  }

  /**
   * Draws a number for a record that travels another way, and lets the reader know of it.
   *
   * @param send Sends it, and writes nothing else to this ring. When it returns, the record must be
   * where the reader finds it without waiting.
   * @throws What `send` throws; the number is lost then, and the record is not counted.
   */
  sendOutside(send: (seq: number) => void): void {
    const { words } = this.#ring;
    Atomics.store(words, LOW, Atomics.load(this.#counter, 0) | 1);
    try {
      send((Atomics.add(this.#counter, 0, 1) + 1) >>> 0);
      Atomics.add(words, OUTSIDE, 1);
      words[COUNT]!++;
    } finally {
      Atomics.store(words, LOW, 0);
    }
    this.#announce();
  }

  /**
   * Blocks until the reader has made room or closed. As the reader wakes the writer only once half of
   * the ring is free, a little room may be found 10 ms late.
   *
   * @param ms How long at most, in milliseconds.
   * @returns Whether the reader took something since the last `write` or `waitForRoom`.
   */
  waitForRoom(ms: number): boolean {
    const { words, size } = this.#ring;
    const deadline = performance.now() + ms;
    for (;;) {
      const before = this.#consumed;
      this.#consumed = Atomics.load(words, CONSUMED);
      if (this.#consumed !== before) return true;
      const left = deadline - performance.now();
      if (this.isClosed || left <= 0) return false;
      // Waking a thread costs the reader microseconds: it does so once for many records.
      Atomics.store(words, WRITER_WAITS, Math.max(this.#wanted, size >> 1));
      Atomics.wait(words, CONSUMED, this.#consumed, Math.min(left, SLICE_MS));
      Atomics.store(words, WRITER_WAITS, 0);
    }
  }

  /** Counts a record that was dropped, and lets the reader know. */
  drop(): void {
    Atomics.add(this.#ring.words, DROPPED, 1);
    this.#announce();
  }

  /**
   * Counts records that end on this side.
   *
   * @param outcome What became of them. "relayed" is left to who receives them.
   * @param times How many there are.
   */
  count(outcome: RecordOutcome, times = 1): void {
    const { words } = this.#ring;
    if (outcome === "written") Atomics.add(words, WRITTEN, times);
    else if (outcome === "filtered") Atomics.add(words, FILTERED, times);
    else if (outcome === "dropped") Atomics.add(words, LOST, times);
  }

  /**
   * Sees to it that a frame with a text fits at the position COMMITTED.
   *
   * @returns `undefined` if it does.
   */
  #makeRoom(text: string): "full" | "tooBig" | undefined {
    const { words, size } = this.#ring;
    const rest = size - (this.#committed & (size - 1));
    const atMost = FRAME_HEADER_BYTES + MAX_BYTES_PER_UNIT * text.length;
    let free = size - ((this.#committed - this.#consumed) | 0);
    if (atMost <= free && atMost <= rest) return undefined;

    if (FRAME_HEADER_BYTES + text.length > size) return "tooBig";
    const needed = frameBytes(utf8Length(text));
    if (needed > size) return "tooBig";
    this.#wanted = needed;
    this.#consumed = Atomics.load(words, CONSUMED);
    free = size - ((this.#committed - this.#consumed) | 0);
    if (needed > rest) {
      if (rest > free) return "full";
      this.#skip(rest);
      free -= rest;
    }
    return needed > free ? "full" : undefined;
  }

  /** Gives up the rest of the data area. */
  #skip(rest: number): void {
    const { words, frames, size } = this.#ring;
    frames[(size - rest) >> 2] = SKIP;
    const committed = (this.#committed + rest) | 0;
    Atomics.store(words, COMMITTED, committed);
    this.#committed = committed;
    this.#announce();
  }

  /** Wakes the reader. The flag is cleared first: the reader may set it again at once. */
  #announce(): void {
    const { words } = this.#ring;
    Atomics.add(words, CHANGES, 1);
    if (Atomics.load(words, READER_WAITS) === 0) return;
    Atomics.store(words, READER_WAITS, 0);
    Atomics.notify(words, CHANGES);
  }
}

/** How many bytes `TextEncoder` makes of a text. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      length += 1;
      continue;
    }
    length += 2;
    const isPair = unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1));
    if (isPair) i++; // 4 bytes for 2 units.
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
