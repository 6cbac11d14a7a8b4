/**
 * Checking the names of options: one that is misspelt would be left out without a word.
 *
 * @module
 */

import { display } from "../text/inspect.ts";

/**
 * Checks that an object has no other options than there are.
 *
 * @param what What they are for, such as "make a queue".
 * @param options What was given.
 * @param allowed The names of the options there are.
 * @throws {TypeError} If the options are no object, or one of them is unknown.
 */
export function checkOptionNames(
  what: string,
  options: unknown,
  allowed: readonly string[],
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot ${what}: current value of its options is ${display(options)}, ` +
        `allowed is an object with ${allowed.join(", ")}`,
    );
  }
  const unknown = Object.keys(options).find((name) => !allowed.includes(name));
  if (unknown === undefined) return;
  // As Python spells it, or in other letters.
  const meant = allowed.find((name) => lettersOf(name) === lettersOf(unknown));
  const hint = meant === undefined ? ", allowed" : `, did you mean ${meant}? Allowed`;
  throw new TypeError(
    `Cannot ${what}: unknown option "${unknown}"${hint} are ${allowed.join(", ")}`,
  );
}

function lettersOf(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}
