/**
 * The levels of a caller that sends them: a process learns of a change when it yields.
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
