/**
 * Lists that match a pattern with wildcards, in a time that nobody can make long: the URLs come from outside.
 *
 * @module
 */

/** How items of a pattern and of what is looked at compare. */
export interface WildcardOptions<P, T> {
  /** Whether an item of the pattern stands for items, no matter how many. */
  readonly isWild: (item: P) => boolean;
  /** Whether an item of the pattern, which is none of these, stands for this one. */
  readonly isSame: (item: P, text: T) => boolean;
}

/**
 * Tells whether a list matches a pattern. Where a wildcard could stand for more or for fewer items, only the last
 * one that was passed is tried again, which is enough: the time is that of both lengths multiplied at most.
 *
 * @param pattern The pattern, as a list.
 * @param list What is looked at.
 * @param options How their items compare.
 * @returns Whether it matches, from its start to its end.
 */
export function matchesWildcards<P, T>(
  pattern: ArrayLike<P>,
  list: ArrayLike<T>,
  { isWild, isSame }: WildcardOptions<P, T>,
): boolean {
  let at = 0;
  let next = 0;
  /** Behind the last wildcard, and the item from which on what is behind it was tried. */
  let retry: { at: number; next: number } | undefined;
  while (next < list.length) {
    const hasMore = at < pattern.length;
    const item = pattern[at] as P; // Looked at only where there is one.
    if (hasMore && isWild(item)) {
      retry = { at: ++at, next };
    } else if (hasMore && isSame(item, list[next] as T)) {
      at++;
      next++;
    } else if (retry) {
      at = retry.at;
      next = ++retry.next;
    } else {
      return false;
    }
  }
  while (at < pattern.length && isWild(pattern[at] as P)) at++;
  return at === pattern.length;
}
