/**
 * A first-in, first-out list of any length.
 *
 * @module
 */

/** How many places that were given up are left before the list is moved together. */
const MIN_GIVEN_UP = 64;

/** A list that takes at its end and gives from its start, both in constant time. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  /** How many there are. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The one that waits longest. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** The one that was put last. */
  last(): T | undefined {
    return this.#items.at(-1);
  }

  /** Puts one at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes out the one that waits longest. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined; // What was taken may be garbage-collected.
    if (this.#head >= MIN_GIVEN_UP && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
