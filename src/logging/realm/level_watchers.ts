/**
 * Who wants to know when levels change.
 *
 * @module
 */

/** Functions that are called after every change of a level. */
export class LevelWatchers {
  readonly #listeners = new Set<() => void>();

  /** How many there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /**
   * Calls a function after every change.
   *
   * @param listener The function; it must not throw. One that is given twice is called twice.
   * @returns What ends it, and leaves nothing behind.
   */
  add(listener: () => void): Disposable {
    const own = () => listener();
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Tells all of them. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
