/** Merges rings as src/relay/ring.ts says. */

import { isBefore } from "../../src/relay/ring.ts";
import type { RingReader } from "../../src/relay/ring_reader.ts";

/** A ring, and what is sent outside of it. */
export class MergedRing {
  readonly reader: RingReader;
  /** Its writer has ended: it commits nothing any more. */
  hasEnded = false;
  readonly #fetch: () => [seq: number, text: string] | undefined;
  #outside: [seq: number, text: string] | undefined;

  /** Takes a ring, and what fetches the oldest record that was sent outside, without waiting. */
  constructor(reader: RingReader, fetch: () => [number, string] | undefined = () => undefined) {
    this.reader = reader;
    this.#fetch = fetch;
  }

  /** The next number, on either way. */
  get front(): number | undefined {
    this.#outside ??= this.#fetch();
    const inside = this.reader.front;
    const outside = this.#outside?.[0];
    if (inside === undefined || outside === undefined) return inside ?? outside;
    return isBefore(inside, outside) ? inside : outside;
  }

  /** Takes that record. */
  take(): string {
    const seq = this.front;
    const outside = this.#outside;
    if (outside?.[0] !== seq) return this.reader.take();
    this.#outside = undefined;
    return outside![1];
  }
}

/** Hands on what may be handed on by now, in order; at most so many. Returns how many. */
export function merge(
  counter: Int32Array,
  rings: readonly MergedRing[],
  handle: (seq: number, text: string) => void,
  most = Infinity,
): number {
  for (const { reader } of rings) reader.mark();
  let bound = Atomics.load(counter, 0);
  for (const { reader, hasEnded } of rings) {
    const low = hasEnded ? undefined : reader.low();
    if (low !== undefined && isBefore(low, bound)) bound = low;
  }
  for (const { reader } of rings) reader.refresh();
  for (let count = 0; count < most; count++) {
    let first: MergedRing | undefined;
    let firstSeq = bound;
    for (const ring of rings) {
      const seq = ring.front;
      if (seq === undefined || isBefore(firstSeq, seq)) continue;
      first = ring;
      firstSeq = seq;
    }
    if (!first) return count;
    handle(firstSeq, first.take());
  }
  return most;
}
