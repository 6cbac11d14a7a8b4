/** Texts that both sides of a test can make: what looks random follows from a seed. */

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The text that a worker writes as its n-th: mostly short, sometimes up to `longest` units. */
export function textOf(worker: number, index: number, longest: number): string {
  const random = randomFrom(worker * 1_000_003 + index);
  const unit = ["x", "\0", "é", "€", "💡"][Math.floor(random() * 5)]!;
  const units = random() < 0.05 ? random() * longest : random() * Math.min(longest, 300);
  return `${worker}:${index}:${unit.repeat(units / unit.length)}`;
}
