/**
 * Whether code runs inside a handler: what a handler prints must not become a record again while the
 * console is captured, and what it logs must not go round for ever.
 *
 * Both are the state of this thread. The first is told apart through asynchronous calls, and only
 * while the console is captured, for it would make every record dearer.
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

/** How deep records may be nested that handlers cause while they handle one. */
const MAX_DEPTH = 3;

let depth = 0;
let refused = 0;

/**
 * Calls handlers with a record, unless it was logged by a handler that handles a record which was
 * logged by a handler, and so on: handlers that log to loggers which have them would never end.
 *
 * @param call Calls the handlers.
 * @param refuse Is told, instead, how many records were refused so far.
 */
export function callNested(call: () => void, refuse: (count: number) => void): void {
  if (depth >= MAX_DEPTH) return refuse(++refused);
  depth++;
  try {
    call();
  } finally {
    depth--;
  }
}
