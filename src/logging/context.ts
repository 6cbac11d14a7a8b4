/**
 * Fields that every record carries which is logged inside a function, through everything the function
 * awaits, and in the tasks that it runs.
 *
 * @module
 */

import type { Fields } from "./message.ts";
import { changedScope, currentScope, runInScope } from "./scope.ts";

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
  return runInScope(changedScope({ fields: { ...currentContext(), ...fields } }), fn);
}

/**
 * The fields of the context that is current where this is called.
 *
 * @returns The fields; `undefined` outside of any context.
 */
export function currentContext(): Fields | undefined {
  return currentScope().fields;
}
