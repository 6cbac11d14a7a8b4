/**
 * Checking what all options have in common.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { inspect } from "../../logging/text/inspect.ts";

/**
 * Checks that options are an object with no other names than there are, and its signal.
 *
 * @param what What they are for, such as "run calls".
 * @param options What was given.
 * @param allowed The names of the options there are.
 * @throws {TypeError} If it is no object, an option is unknown, or the signal is none.
 */
export function checkOptions(
  what: string,
  options: { readonly signal?: AbortSignal },
  allowed: readonly string[],
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${what} with ${inspect(options)} as options: give an object`);
  }
  checkOptionNames(what, options, allowed);
  const { signal } = options;
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new TypeError(`Cannot ${what} with ${inspect(signal)} as signal: give an AbortSignal`);
}
