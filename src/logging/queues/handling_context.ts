/**
 * Who is called while a record is handled, and who just happens to run at the same time.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { LogRecord } from "../record.ts";

/** A record that is handled, or was. */
export interface Handling {
  readonly record: LogRecord;
  /** Whether it is not handled to its end yet. */
  readonly isRunning: boolean;
  /** Whether that takes time: what handles it waits for something. */
  readonly takesTime: boolean;
}

/** Tells the code that handles a record, and what that calls, now or later, of the record. */
export class HandlingContext {
  readonly #storage = new AsyncLocalStorage<Handling>();

  /** The record whose handling has led to the code that asks, if there is one. */
  get cause(): Handling | undefined {
    return this.#storage.getStore();
  }

  /** The record that the code that asks is a part of handling. */
  get current(): Handling | undefined {
    return this.cause?.isRunning ? this.cause : undefined;
  }

  /**
   * Handles a record.
   *
   * @param record The record.
   * @param handle Does it; never throws or rejects.
   * @returns A promise if it takes time.
   */
  run(record: LogRecord, handle: () => void | Promise<void>): void | Promise<void> {
    const handling = { record, isRunning: true, takesTime: false };
    const handled = this.#storage.run(handling, handle);
    if (!handled) handling.isRunning = false;
    else {
      handling.takesTime = true;
      return handled.then(() => void (handling.isRunning = false));
    }
  }
}
