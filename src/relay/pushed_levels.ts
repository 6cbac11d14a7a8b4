/**
 * The levels of a caller that sends them, at both ends: a process learns of a change when it yields.
 *
 * @module
 */

import type { LevelTable } from "../logging/realm/caller_realm.ts";
import type { LevelSource } from "./remote_caller.ts";

/** The levels that were sent last. */
export class PushedLevels implements LevelSource {
  #levels: LevelTable = new Map();
  readonly #listeners = new Set<() => void>();

  /**
   * Takes over levels.
   *
   * @param levels The levels of the caller as they are now.
   */
  push(levels: LevelTable): void {
    this.#levels = levels;
    for (const listener of [...this.#listeners]) listener();
  }

  levels(): LevelTable {
    return this.#levels;
  }

  watchLevels(listener: () => void): Disposable {
    const own = () => listener(); // The same function may be given twice.
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }
}

/** Sends levels that change: all changes of one go together, and nothing while a message is under way. */
export class LevelPusher {
  readonly #send: (onSent: () => void) => void;
  #isUnderWay = false;
  #hasChanged = false;

  /**
   * Makes the sender.
   *
   * @param send Sends the levels as they are then, and calls the function when that is done.
   */
  constructor(send: (onSent: () => void) => void) {
    this.#send = send;
  }

  /** Sends the levels at the end of this go, or as soon as what is under way is sent. */
  changed(): void {
    this.#hasChanged = true;
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    queueMicrotask(() => this.#sendNewest());
  }

  #sendNewest(): void {
    this.#isUnderWay = this.#hasChanged;
    this.#hasChanged = false;
    if (this.#isUnderWay) this.#send(() => this.#sendNewest());
  }
}
