/**
 * Cutting records that are too long: first their longest texts, then lists and objects with too many
 * values. What was cut says how much there was.
 *
 * @module
 */

/** What a record may hold. */
export interface Limits {
  /** How many characters a text may have; the mark of a cut comes on top. */
  readonly text: number;
  /** How many values a list, Map, Set or object may have. */
  readonly entries: number;
}

/** No limits: how every record is tried first. */
export const UNLIMITED: Limits = { text: Infinity, entries: Infinity };

/** Texts are not cut below this. */
export const MIN_TEXT = 100;

/** Neither are objects: a record's own parts have no more fields. */
const MIN_ENTRIES = 10;

/** About how long the mark of a cut is, in characters. */
const MARK_LENGTH = 40;

/** What a text needs beside its characters: quotes, and a comma or colon. */
const AROUND_TEXT = 3;

/**
 * Cuts a text.
 *
 * @param text The text.
 * @param limit How many characters are left of it.
 * @param kind What its characters are, for the mark.
 * @returns The beginning, and how long the whole was; the text itself if it is not longer.
 */
export function cutText(text: string, limit: number, kind = "characters"): string {
  if (text.length <= limit) return text;
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(limit - 1));
  return `${text.slice(0, splitsPair ? limit - 1 : limit)}… [cut: ${text.length} ${kind}]`;
}

/** Measures a record while it is written, and cuts its texts. */
export class Meter {
  /** What may be in the record. */
  readonly limits: Limits;
  readonly #maxLength: number;
  /** The lengths of texts that can be cut. */
  readonly #lengths: number[] = [];
  /** The sizes of lists and objects that can be cut. */
  readonly #sizes: number[] = [];
  #values = 0;
  #length = 0;
  /** How long it would be if all its texts were cut. */
  #least = 0;

  /**
   * Begins with a record.
   *
   * @param limits What may be in it.
   * @param maxLength How long it may be in all.
   */
  constructor(limits: Limits, maxLength: number) {
    this.limits = limits;
    this.#maxLength = maxLength;
  }

  /** Whether it is too long, however much its texts are cut. */
  get isFull(): boolean {
    return this.#least > this.#maxLength;
  }

  /** How long it is so far, in characters; longer when characters have to be escaped. */
  get length(): number {
    return this.#length;
  }

  /** Takes what is no text, with the comma behind it. */
  count(characters: number): void {
    this.#values++;
    this.#length += characters;
    this.#least += characters;
  }

  /** Takes a list or an object with that many values; returns how many of them may be written. */
  open(size: number): number {
    const left = Math.min(size, this.limits.entries);
    if (left > MIN_ENTRIES) this.#sizes.push(left);
    return left;
  }

  /** Takes a text that may be cut; returns what is left of it. */
  text(text: string): string {
    const left = cutText(text, this.limits.text);
    this.#take(left.length);
    return left;
  }

  /** Takes what is of no use when it is cut; returns whether there is room for it. */
  fits(length: number): boolean {
    const fits = length <= this.limits.text;
    this.#take(fits ? length : MARK_LENGTH);
    return fits;
  }

  /**
   * Limits under which the record is shorter.
   *
   * @param written How long it was under the limits of now, if it was written at all.
   * @returns The limits, or `undefined` if there are no stricter ones.
   */
  tighten(written = this.#length): Limits | undefined {
    const { text, entries } = this.limits;
    // Without what escapes add to it.
    const room = this.#maxLength * Math.min(1, this.#length / written);
    const longest = this.#lengths.reduce((most, length) => Math.max(most, length), 0);
    if (this.#least <= room && longest > MIN_TEXT && text > MIN_TEXT) {
      const even = evenLimit(this.#lengths, { excess: this.#length - room, mark: MARK_LENGTH });
      // Half of it is sure to come to an end.
      const next = Math.min(even, text === Infinity ? longest : text / 2);
      return { text: Math.max(MIN_TEXT, Math.floor(next)), entries };
    }
    const largest = this.#sizes.reduce((most, size) => Math.max(most, size), 0);
    if (largest <= MIN_ENTRIES) {
      return text > MIN_TEXT && longest > MIN_TEXT ? { text: MIN_TEXT, entries } : undefined;
    }
    const size = this.#sizes.reduce((sum, each) => sum + each, 0);
    // What is left out of a list of lists counts more than once: never leave out too much at a time.
    const share = 0.9 * Math.min(this.#values / size, room / this.#least);
    const even = evenLimit(this.#sizes, { excess: size * (1 - share), mark: 1 });
    const next = Math.min(largest / 2, Math.max(even, largest / 8));
    return { text, entries: Math.max(MIN_ENTRIES, Math.floor(next)) };
  }

  #take(length: number): void {
    this.#values++;
    this.#length += length + AROUND_TEXT;
    this.#least += Math.min(length, MIN_TEXT) + AROUND_TEXT;
    if (length > MIN_TEXT) this.#lengths.push(length);
  }
}

/** To which size the largest have to be cut so that all of them together lose what is in excess. */
function evenLimit(
  sizes: readonly number[],
  { excess, mark }: { readonly excess: number; readonly mark: number },
): number {
  const sorted = sizes.toSorted((one, other) => other - one);
  let left = excess;
  for (const [index, size] of sorted.entries()) {
    const count = index + 1; // So many are cut down to the size of the next one.
    const gain = (size - (sorted[count] ?? 0)) * count;
    left += mark;
    if (left <= gain) return size - left / count;
    left -= gain;
  }
  return 0;
}
