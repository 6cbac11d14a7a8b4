/**
 * Classes of errors that a task lists.
 *
 * @module
 */

import type { ErrorClass } from "../../logging/revive_error.ts";
import { inspect } from "../../logging/text/inspect.ts";

/**
 * Checks the classes that a task lists.
 *
 * @param errors What was given.
 * @returns A copy of the list.
 * @throws {TypeError} If it is no list, or holds something else than classes of errors with a name each.
 */
export function checkErrorClasses(errors: unknown): readonly ErrorClass[] {
  if (!Array.isArray(errors)) {
    throw new TypeError(`${WHAT} value of errors is ${inspect(errors)}, write errors: [MyError]`);
  }
  const byName = new Map<string, ErrorClass>();
  for (const [index, each] of errors.entries()) {
    const name = nameOf(each, index);
    if (byName.has(name) && byName.get(name) !== each) {
      throw new TypeError(
        `Cannot make a task: errors holds two classes named ${name}, and classes are told by their ` +
          "names. Rename one of them",
      );
    }
    byName.set(name, each);
  }
  return [...byName.values()];
}

const WHAT = "Cannot make a task: current";

function nameOf(value: unknown, index: number): string {
  const isClass = typeof value === "function" &&
    (value === Error || value.prototype instanceof Error);
  if (!isClass) {
    throw new TypeError(
      `${WHAT} value of errors[${index}] is ${
        inspect(value)
      }, allowed are classes that extend Error`,
    );
  }
  const { name } = value; // A static field of the class may stand in its place.
  if (typeof name === "string" && name !== "") return name;
  throw new TypeError(
    `${WHAT} name of errors[${index}] is ${inspect(name)}, and classes are told by their names. ` +
      "Write class MyError extends Error {…}",
  );
}
