/**
 * Whether code runs inside a handler: what a handler prints must not become a record again while the
 * console is captured.
 *
 * It is told apart through asynchronous calls, and only while the console is captured, for it would
 * make every record dearer. Whether it is captured is the state of this thread.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

const handling = new AsyncLocalStorage<true>();
let observers = 0;

/** From now on, until it is disposed, code inside of handlers is told apart. */
export function observeHandling(): Disposable {
  let isObserving = true;
  observers++;
  return {
    [Symbol.dispose]() {
      if (isObserving) observers--;
      isObserving = false;
    },
  };
}

/**
 * Runs what a handler does with a record.
 *
 * @param fn The function.
 * @returns What it returns.
 */
export function runHandling<T>(fn: () => T): T {
  return observers === 0 ? fn() : handling.run(true, fn);
}

/**
 * Whether the code that calls this runs inside a handler.
 *
 * @returns Whether it does, as far as it is observed.
 */
export function isHandling(): boolean {
  return handling.getStore() === true;
}
