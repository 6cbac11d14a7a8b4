/**
 * Errors that nobody caught become records, before they end the program.
 *
 * @module
 */

import { type Level, LEVELS, parseLevel } from "./levels.ts";
import { currentRealm, flushAll, getLogger, runInRealm } from "./realm.ts";

/** Options of {@linkcode captureUncaught}. */
export interface CaptureUncaughtOptions {
  /**
   * The name of the logger that the records are logged on.
   *
   * @default "uncaught"
   */
  logger?: string;
  /**
   * The level of the records.
   *
   * @default "CRITICAL"
   */
  level?: Level;
}

/**
 * Logs errors that nobody caught and promises that were rejected unhandled, and flushes all handlers,
 * before they end the program as ever. The recipe with `sys.excepthook` in Python.
 *
 * @param options The name of the logger and the level.
 * @returns What ends it; with `using` it would end with the block, before most errors.
 * @throws {RangeError} If there is no such level.
 *
 * @example
 * ```ts
 * import { captureUncaught } from "@paralog/paralog/logging";
 *
 * captureUncaught(); // For as long as the program runs.
 * ```
 */
export function captureUncaught(options: CaptureUncaughtOptions = {}): Disposable {
  const logger = getLogger(options.logger ?? "uncaught");
  const level = parseLevel(options.level ?? LEVELS.CRITICAL);
  const realm = currentRealm();
  const log = (message: string, thrown: unknown) => {
    runInRealm(realm, () => {
      if (thrown instanceof Error) logger.log(level, message, thrown);
      else logger.log(level, "%s: %s", message, thrown);
    });
    flushAll(); // No "unload" follows an uncaught error.
  };
  const onError = (event: ErrorEvent) => log("Uncaught error", event.error ?? event.message);
  const onRejection = (event: PromiseRejectionEvent) => log("Unhandled rejection", event.reason);
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]() {
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onRejection);
    },
  };
}
