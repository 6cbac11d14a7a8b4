/**
 * The end of a ring that reads.
 *
 * @module
 */

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

/** Texts up to this many bytes are copied into memory that is used again. */
const SCRATCH_BYTES = 8192;

/** Takes texts out of a ring. How many rings are merged is told in ring.ts. */
export class RingReader {
  readonly #ring: RingViews;
  /** A text is copied before it is decoded: `TextDecoder` is four times slower on shared memory. */
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  /** A byte order mark is a part of the text. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The word CONSUMED, which nobody else changes. */
  #consumed: number;
  /** The word COMMITTED as of the last `refresh`. */
  #committed: number;
  /** The word CHANGES as of the last `refresh`, or the `mark` before it. A new ring has 0. */
  #seen = 0;
  /** The word CHANGES as of `mark`, until the next `refresh`. */
  #marked: number | undefined;
  #change: Promise<void> | undefined;

  /**
   * Takes hold of the reading end. There must be no other reader of this ring.
   *
   * @param memory What `createRing` made.
   * @throws {RangeError} If the memory is not that of a ring.
   */
  constructor(memory: SharedArrayBuffer) {
    this.#ring = viewRing(memory);
    this.#consumed = Atomics.load(this.#ring.words, CONSUMED);
    this.#committed = this.#consumed;
  }

  /** How many records were committed or sent outside, modulo 2^32 as all counts. */
  get count(): number {
    return this.#word(COUNT);
  }

  /** How many records were sent outside of the ring. */
  get sentOutside(): number {
    return this.#word(OUTSIDE);
  }

  /** How many records were dropped, since there was no way to send them. */
  get dropped(): number {
    return this.#word(DROPPED);
  }

  /** How many records handlers took on the writer's side. */
  get written(): number {
    return this.#word(WRITTEN);
  }

  /** How many records filters and levels refused on the writer's side. */
  get filtered(): number {
    return this.#word(FILTERED);
  }

  /** How many records the writer's side lost, those that were `dropped` among them. */
  get lost(): number {
    return this.#word(LOST);
  }

  /**
   * From here on, `changed` tells of what comes, as if `refresh` were called now; that follows after
   * a look at other rings and at the counter.
   */
  mark(): void {
    this.#marked = Atomics.load(this.#ring.words, CHANGES);
  }

  /**
   * Where the writer's next number may be, while it is about to commit one. A writer that ended while
   * it sent a record outside leaves this set for good: do not ask for it then.
   *
   * @returns All numbers that it may still commit come after this one; `undefined` if it will draw
   * them later than now.
   */
  low(): number | undefined {
    const low = Atomics.load(this.#ring.words, LOW);
    return low === 0 ? undefined : (low & ~1) >>> 0;
  }

  /**
   * Looks what is committed by now; what comes later is not seen until the next call.
   *
   * @throws {Error} If the memory is damaged.
   */
  refresh(): void {
    const { words, size } = this.#ring;
    // Before COMMITTED: what is committed in between is seen, and announced once more.
    this.#seen = this.#marked ?? Atomics.load(words, CHANGES);
    this.#marked = undefined;
    const committed = Atomics.load(words, COMMITTED);
    const held = (committed - this.#consumed) | 0;
    if (held < 0 || held > size || (held & 3) !== 0) {
      throw new Error(damage(`${held} of ${size} bytes are in use`));
    }
    this.#committed = committed;
    this.#consume(0);
  }

  /**
   * The number of the first record that was not taken yet, from 0 to 2^32 - 1; `undefined` if there
   * is none.
   *
   * @throws {Error} If the memory is damaged.
   */
  get front(): number | undefined {
    if (this.#consumed === this.#committed) return undefined;
    const { frames, size } = this.#ring;
    this.#frontLength();
    return frames[((this.#consumed & (size - 1)) >> 2) + 1]! >>> 0;
  }

  /**
   * Takes the first record, which makes room for the writer.
   *
   * @returns Its text.
   * @throws {Error} If there is none, or the memory is damaged.
   */
  take(): string {
    if (this.#consumed === this.#committed) {
      throw new Error("Cannot take a record: none is left; call refresh() and look at front first");
    }
    const { bytes, size } = this.#ring;
    const length = this.#frontLength();
    const start = (this.#consumed & (size - 1)) + FRAME_HEADER_BYTES;
    const text = this.#decode(bytes.subarray(start, start + length));
    this.#consume(frameBytes(length));
    return text;
  }

  /** Whether something came after the last `refresh`, or the `mark` before it. */
  get hasChanged(): boolean {
    return Atomics.load(this.#ring.words, CHANGES) !== this.#seen;
  }

  /**
   * Waits for what comes after the last `refresh`, or the `mark` before it: a commit, a record sent
   * outside, a drop. It may resolve without cause. It doesn't keep the process alive.
   *
   * @returns Resolves when there is something new, at once if there is already, or it is closed.
   */
  changed(): Promise<void> {
    const { words } = this.#ring;
    if (this.hasChanged || this.#isClosed) return Promise.resolve();
    // One that still waits has seen no change either, or is about to resolve.
    if (this.#change) return this.#change;
    // First the flag, then the look at CHANGES that is a part of waiting: a writer changes CHANGES
    // first and then looks at the flag, so one of both sees the other.
    Atomics.store(words, READER_WAITS, 1);
    const wait = Atomics.waitAsync(words, CHANGES, this.#seen);
    if (!wait.async) return Promise.resolve();
    this.#change = wait.value.then(() => {
      this.#change = undefined;
    });
    return this.#change;
  }

  /** Tells the writer that nobody reads any more. */
  close(): void {
    const { words } = this.#ring;
    Atomics.store(words, CLOSED, 1);
    Atomics.notify(words, CONSUMED);
    Atomics.notify(words, CHANGES); // So that `changed` leaves nothing behind.
  }

  get #isClosed(): boolean {
    return Atomics.load(this.#ring.words, CLOSED) !== 0;
  }

  #word(index: number): number {
    return Atomics.load(this.#ring.words, index) >>> 0;
  }

  /** The length of the first text in bytes. There must be a frame. */
  #frontLength(): number {
    const { frames, size } = this.#ring;
    const start = this.#consumed & (size - 1);
    const held = (this.#committed - this.#consumed) | 0;
    const length = frames[start >> 2]!;
    const most = Math.min(size - start, held) - FRAME_HEADER_BYTES;
    if (length >= 0 && length <= most) return length;
    throw new Error(damage(`a frame at ${start} says that its text has ${length} bytes`));
  }

  #decode(shared: Uint8Array<SharedArrayBuffer>): string {
    // slice() copies into memory of its own, which is not shared.
    if (shared.length > SCRATCH_BYTES) return this.#decoder.decode(shared.slice());
    this.#scratch.set(shared);
    return this.#decoder.decode(this.#scratch.subarray(0, shared.length));
  }

  /** Gives bytes back to the writer, with a SKIP that follows: it may wait for that room alone. */
  #consume(length: number): void {
    const { words, frames, size } = this.#ring;
    let consumed = (this.#consumed + length) | 0;
    const start = consumed & (size - 1);
    const rest = size - start;
    const left = (this.#committed - consumed) | 0;
    if (start !== 0 && rest <= left && frames[start >> 2] === SKIP) {
      consumed = (consumed + rest) | 0;
    }
    if (consumed === this.#consumed) return;
    this.#consumed = consumed;
    Atomics.store(words, CONSUMED, consumed);
    const wanted = Atomics.load(words, WRITER_WAITS);
    if (wanted === 0) return;
    // Not this.#committed: since then the writer may have filled what was taken.
    const held = (Atomics.load(words, COMMITTED) - consumed) | 0;
    if (size - held < wanted) return;
    Atomics.store(words, WRITER_WAITS, 0);
    Atomics.notify(words, CONSUMED);
  }
}

function damage(found: string): string {
  return `Cannot read the ring: its memory is damaged (${found}); drop it and its writer`;
}
