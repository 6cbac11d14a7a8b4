/**
 * The ids of entries of a Redis stream: a time in milliseconds, "-", and a number for those of the same time.
 *
 * @module
 */

/** Before the first entry of any stream. */
export const BEFORE_ALL = "0-0";

/**
 * Whether an entry comes after another one of the same stream.
 *
 * @param id The id of an entry.
 * @param other The id of the other one.
 */
export function isAfter(id: string, other: string): boolean {
  const [time, number] = partsOf(id);
  const [otherTime, otherNumber] = partsOf(other);
  return time > otherTime || (time === otherTime && number > otherNumber);
}

function partsOf(id: string): [time: number, number: number] {
  const dash = id.indexOf("-");
  if (dash < 0) return [Number(id), 0];
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
