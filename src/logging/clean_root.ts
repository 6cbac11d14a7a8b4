/**
 * Clean roots: a part of a program configures logging as if it were alone, and afterwards everything
 * is as it was.
 *
 * @module
 */

import { createCleanRealm, enterRealm, runInRealm } from "./realm.ts";

/**
 * Runs a function with a clean root logger: no handlers, no filters, no named loggers; only the
 * root's level is kept. What the function configures is gone afterwards, and nothing around it sees
 * it meanwhile, also when several run at once. `@std/log`'s root logger has the same clean start.
 *
 * Handlers that were first added inside are flushed and closed at the end.
 *
 * @param fn The function; what it awaits runs in the clean realm too.
 * @returns What the function returns.
 * @throws What the function throws; the old realm is back then too.
 *
 * @example
 * ```ts
 * import { basicConfig, getLogger, withCleanRootLogger } from "@paralog/paralog/logging";
 *
 * basicConfig({ level: "INFO" });
 * await withCleanRootLogger(() => {
 *   basicConfig({ level: "DEBUG", format: "inside: %(message)s" });
 *   getLogger().debug("seen");
 * });
 * getLogger().debug("not seen: the level is INFO again");
 * ```
 */
export async function withCleanRootLogger<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  await using realm = createCleanRealm();
  return await runInRealm(realm, fn);
}

/**
 * The same as a scope: the rest of the block has a clean root logger.
 *
 * In an asynchronous function the caller shares the scope until it has ended, if it goes on without
 * awaiting: where several run at once, use {@linkcode withCleanRootLogger}.
 *
 * @returns What ends the scope: declare it with `using`, or with `await using` if a handler that is
 * added inside needs time to close.
 *
 * @example
 * ```ts
 * import { basicConfig, cleanRootLogger, getLogger } from "@paralog/paralog/logging";
 *
 * {
 *   using _ = cleanRootLogger();
 *   basicConfig({ level: "DEBUG" });
 *   getLogger().debug("seen");
 * }
 * getLogger().debug("not seen");
 * ```
 */
export function cleanRootLogger(): Disposable & AsyncDisposable {
  const realm = createCleanRealm();
  const before = enterRealm(realm);
  let left = false;
  const leave = () => {
    if (!left) enterRealm(before);
    left = true;
  };
  return {
    [Symbol.dispose]() {
      realm[Symbol.dispose]();
      leave();
    },
    async [Symbol.asyncDispose]() {
      try {
        await realm[Symbol.asyncDispose]();
      } finally {
        leave();
      }
    },
  };
}
