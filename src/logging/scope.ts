/**
 * What is around the code that runs: the current realm, the fields of its context, and the task that it is
 * part of. It follows asynchronous calls.
 *
 * All of it is in one store, since every task enters it, and to enter a store is the dearest part of a tiny
 * call (bench/calls.ts, and "Where the time goes" in docs/performance.md).
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Fields } from "./message.ts";

/** What is around the code that runs. */
export interface Scope {
  /** The realm, if it is another than the main one: what realm.ts has put there. */
  readonly realm: unknown;
  /** The fields that every record carries. */
  readonly fields: Fields | undefined;
  /** The running task, if there is one: what current_task.ts of `parallel` has put there. */
  readonly task: unknown;
}

const scopes = new AsyncLocalStorage<Scope>();

const OUTERMOST: Scope = { realm: undefined, fields: undefined, task: undefined };

/**
 * What is around the code that calls this.
 *
 * @returns The scope; outside of all others one with nothing in it.
 */
export function currentScope(): Scope {
  return scopes.getStore() ?? OUTERMOST;
}

/**
 * Runs a function with exactly this around it, through everything that it awaits.
 *
 * @param scope What is around it.
 * @param fn The function.
 * @returns What the function returns.
 */
export function runInScope<T>(scope: Scope, fn: () => T): T {
  return scopes.run(scope, fn);
}

/**
 * The scope that is current here, with something else in it.
 *
 * @param change What is different.
 * @returns A scope; it is not current yet.
 */
export function changedScope(change: Partial<Scope>): Scope {
  const { realm, fields, task } = currentScope(); // One by one: a scope may be an object with getters.
  return { realm, fields, task, ...change };
}

/**
 * Puts something around the rest of the calling function, and what it calls.
 *
 * @param scope What is around it.
 */
export function enterScope(scope: Scope): void {
  scopes.enterWith(scope);
}
