/**
 * A moment that moves on again and again, as the end of the time that a call may take.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Calls a function when a moment has come. Moving the moment costs next to nothing. */
export class Deadline implements Disposable {
  readonly #onPassed: () => void;
  #at = Infinity;
  /** When the timer goes off; nothing is under way at Infinity. */
  #due = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes one that does not come.
   *
   * @param onPassed Is called, once for each {@linkcode set}, when the moment has come.
   */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
  }

  /**
   * Sets the moment anew.
   *
   * @param ms In how many milliseconds it comes.
   */
  set(ms: number): void {
    this.#at = performance.now() + ms;
    if (this.#at >= this.#due) return; // The timer finds that it has moved.
    clearTimeout(this.#timer);
    this.#arm(ms);
  }

  /** The moment does not come any more, unless it is set again. */
  clear(): void {
    this.#at = Infinity;
  }

  [Symbol.dispose](): void {
    this.clear();
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }

  #arm(ms: number): void {
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(() => this.#onTimer(), ms);
  }

  async #onTimer(): Promise<void> {
    const due = this.#due;
    // Where this thread was busy, what came in the meantime has its turn first.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.#due !== due) return; // It was set anew meanwhile.
    this.#due = Infinity;
    const rest = this.#at - performance.now();
    if (rest === Infinity) return;
    if (rest > 0) return this.#arm(rest);
    this.#at = Infinity;
    this.#onPassed();
  }
}
