/**
 * Fields that every record carries which is logged inside a function, through everything the function
 * awaits, and in the tasks that it runs.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Fields } from "./message.ts";

const context = new AsyncLocalStorage<Fields | undefined>();

/**
 * Runs a function with fields on every record that is logged inside, in asynchronous code and in
 * tasks too. Contexts nest: an inner field hides an outer one of the same name. A field that is
 * logged beside a message hides both.
 *
 * @param fields The fields, such as `{ requestId: 7 }`. Formatters find them by name.
 * @param fn The function.
 * @returns What the function returns.
 * @throws {TypeError} If `fields` is no object.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger, withContext } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO", format: "%(requestId)s %(message)s" });
 * withContext({ requestId: 7 }, () => getLogger("app").info("got it")); // 7 got it
 * ```
 */
export function withContext<T>(fields: Fields, fn: () => T): T {
  if (typeof fields !== "object" || fields === null) {
    throw new TypeError(
      `Cannot set the context to ${String(fields)}: give an object, withContext({ id: 7 }, fn)`,
    );
  }
  return context.run({ ...context.getStore(), ...fields }, fn);
}

/**
 * The fields of the context that is current where this is called.
 *
 * @returns The fields; `undefined` outside of any context.
 */
export function currentContext(): Fields | undefined {
  return context.getStore();
}

/**
 * Runs a function with exactly these fields as its context.
 *
 * @param fields The context of the run that a task belongs to.
 * @param fn The function.
 * @returns What the function returns.
 */
export function runInContext<T>(fields: Fields | undefined, fn: () => T): T {
  return context.run(fields, fn);
}
