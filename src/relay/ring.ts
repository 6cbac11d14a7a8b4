/**
 * The ring: shared memory through which one thread hands texts to another, whole and in order.
 *
 * A `SharedArrayBuffer` of a header and a data area. {@linkcode RingWriter} is the only one who
 * writes texts, {@linkcode RingReader} the only one who takes them.
 *
 * **The data area** is a power of two long. A position counts bytes from the start of time, modulo
 * 2^32; where it lies in the area are its lowest bits. Between CONSUMED and COMMITTED stand the
 * frames that nobody has taken yet:
 *
 * | bytes | what |
 * | --- | --- |
 * | 4 | the length of the text in bytes, or `SKIP`: the rest of the area is unused, go on at its start |
 * | 4 | the number of the record (not after `SKIP`) |
 * | length | the text in UTF-8, then up to 3 unused bytes: a frame starts at a multiple of 4 |
 *
 * A frame is never split. A writer that finds no room in front of the end of the area commits a
 * `SKIP` at once, so that an empty ring takes a record of its full size wherever its positions are.
 *
 * **The order.** Many writers, with a ring each, draw the numbers of their records from one counter,
 * and one reader merges the rings by number. It may hand on record n only when no writer can still
 * come with a number up to n. So a writer that is about to draw a number says so in LOW before, and
 * takes it back when the record is committed. The reader
 *
 * 1. calls {@linkcode RingReader.mark} on every ring, before it waits for the next change;
 * 2. loads the counter: the bound;
 * 3. asks every ring whose writer has not ended for its {@linkcode RingReader.low}, and lowers the
 *    bound to it;
 * 4. calls {@linkcode RingReader.refresh} on every ring;
 * 5. takes the records up to the bound, lowest number first.
 *
 * Why that misses none: let n be a number up to the counter of step 2, so it was drawn before. Its
 * writer had set LOW to less than n earlier still. If step 3 finds the record uncommitted, LOW is
 * still set, and the bound falls below n. If it was committed by then, step 4 sees it. A number that
 * is drawn after step 2 is above the bound.
 *
 * Why nothing is left lying: step 4 may show records above the bound, which have to wait for the next
 * round. They, or the record that LOW announced, are committed after step 1, and
 * {@linkcode RingReader.changed} tells of all that. (With marks taken only in step 4, the reader
 * would go to sleep in front of them.)
 *
 * Numbers are compared with {@linkcode isBefore}, since they too start again after 2^32.
 *
 * @module
 */

/** How many bytes of records a ring holds when nothing else is said: 1 MiB. */
export const DEFAULT_RING_BYTES = 1 << 20;

/** The smallest ring: a frame with 8 bytes of text. */
const MIN_RING_BYTES = 16;

/** The biggest ring. Positions that are compared must be less than 2^31 apart. */
const MAX_RING_BYTES = 1 << 30;

// The words of the header. Those that the writer changes lie in other cache lines (64 bytes) than
// those that the reader changes.

/** The position behind the last whole frame. Written by the writer. */
export const COMMITTED = 0;

/**
 * Set while the writer draws a number and commits its record: a bound below that number, its lowest
 * bit replaced by 1. 0 otherwise. (So the bound and "none" are one word, changed by one store.)
 */
export const LOW = 1;

/** Grows with all that the reader is to see: a commit, a record sent outside, a drop. It waits here. */
export const CHANGES = 2;

/** How many records were committed or sent outside, modulo 2^32, as the words below. */
export const COUNT = 3;

/** How many records were sent outside of the ring. */
export const OUTSIDE = 4;

/** How many records were dropped, since there was no way to send them. */
export const DROPPED = 5;

/** Tally: how many records handlers took on the writer's side. */
export const WRITTEN = 6;

/** Tally: how many records filters and levels refused on the writer's side. */
export const FILTERED = 7;

/** Tally: how many records the writer's side lost, those in DROPPED among them. */
export const LOST = 8;

/** How many free bytes the writer waits for; 0 while it doesn't wait. The reader clears it. */
export const WRITER_WAITS = 9;

/** The position of the first frame that the reader has not taken. Written by the reader. */
export const CONSUMED = 16;

/** 1 while the reader waits for CHANGES. The writer clears it before it wakes the reader. */
export const READER_WAITS = 17;

/** 1 once nobody reads any more. */
export const CLOSED = 18;

/** The length of the header in bytes. */
export const HEADER_BYTES = 128;

/** The bytes of a frame before its text. */
export const FRAME_HEADER_BYTES = 8;

/** Stands for a length: go on at the start of the data area. */
export const SKIP = -1;

/** The views of a ring that its two ends share. */
export interface RingViews {
  /** The words of the header. */
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The data area as words, for lengths and numbers. */
  readonly frames: Int32Array<SharedArrayBuffer>;
  /** The data area as bytes, for texts. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** The length of the data area in bytes: a power of two. */
  readonly size: number;
}

/**
 * Makes the memory of a ring.
 *
 * @param bytes How many bytes of records it holds, frames included; rounded up to a power of two.
 * @returns Memory for one {@linkcode RingWriter} and one {@linkcode RingReader}.
 * @throws {RangeError} If it is not an integer from 16 to 2^30.
 */
export function createRing(bytes: number = DEFAULT_RING_BYTES): SharedArrayBuffer {
  if (!Number.isInteger(bytes) || bytes < MIN_RING_BYTES || bytes > MAX_RING_BYTES) {
    throw new RangeError(
      `Cannot create a ring: bytes is ${bytes}; give an integer from ${MIN_RING_BYTES} to ${MAX_RING_BYTES}`,
    );
  }
  const size = 2 ** Math.ceil(Math.log2(bytes));
  return new SharedArrayBuffer(HEADER_BYTES + size);
}

/**
 * Looks at memory as a ring.
 *
 * @param memory What {@linkcode createRing} made.
 * @returns Its views.
 * @throws {RangeError} If its length is not that of a ring.
 */
export function viewRing(memory: SharedArrayBuffer): RingViews {
  const size = memory.byteLength - HEADER_BYTES;
  if (size < MIN_RING_BYTES || (size & (size - 1)) !== 0) {
    throw new RangeError(
      `Cannot use shared memory as a ring: its length is ${memory.byteLength} bytes; make it with createRing()`,
    );
  }
  return {
    words: new Int32Array(memory, 0, HEADER_BYTES / 4),
    frames: new Int32Array(memory, HEADER_BYTES),
    bytes: new Uint8Array(memory, HEADER_BYTES),
    size,
  };
}

/**
 * The length of a frame.
 *
 * @param textBytes The length of its text in bytes.
 * @returns How many bytes it takes in the ring.
 */
export function frameBytes(textBytes: number): number {
  return (FRAME_HEADER_BYTES + textBytes + 3) & ~3;
}

/**
 * Compares two numbers of records modulo 2^32; they must be less than 2^31 apart.
 *
 * @param a A number from 0 to 2^32 - 1.
 * @param b Another.
 * @returns Whether `a` was drawn before `b`.
 */
export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
