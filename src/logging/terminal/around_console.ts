/**
 * What a program prints with `console` goes to the terminal past all of our streams.
 *
 * @module
 */

/** The methods that print. */
const PRINTING = [
  ...["debug", "log", "info", "warn", "error", "dir", "dirxml", "trace", "assert", "table"],
  ...["count", "countReset", "time", "timeLog", "timeEnd", "group", "groupCollapsed", "groupEnd"],
] as const;
/** What asks, and waits for the answer. */
const ASKING = ["alert", "confirm", "prompt"] as const;

/** An object with functions, by name. */
type Functions = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/**
 * Does something around each call that prints with `console`, or asks with `prompt`, `confirm` or `alert`,
 * until it is disposed.
 *
 * @param before What is done before.
 * @param after What is done after, also when the call throws.
 * @returns What ends it.
 */
export function aroundConsole(before: () => void, after: () => void): Disposable {
  const restore: (() => void)[] = [];
  let isActive = true;
  const wrap = (holder: Functions, name: string) => {
    const print = holder[name];
    if (typeof print !== "function") return;
    const wrapped = (...args: unknown[]): unknown => {
      if (!isActive) return print.apply(holder, args);
      before();
      try {
        return print.apply(holder, args);
      } finally {
        after();
      }
    };
    holder[name] = wrapped;
    restore.push(() => {
      if (holder[name] === wrapped) holder[name] = print;
    });
  };
  // By name.
  for (const name of PRINTING) wrap(console as unknown as Functions, name);
  for (const name of ASKING) wrap(globalThis as unknown as Functions, name);
  return {
    [Symbol.dispose]() {
      isActive = false; // Where somebody else has wrapped it since, it passes calls on.
      for (const each of restore.splice(0)) each();
    },
  };
}
