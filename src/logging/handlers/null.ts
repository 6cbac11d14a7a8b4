/**
 * The handler that does nothing.
 *
 * @module
 */

import { Handler } from "../handler.ts";

/**
 * Takes records and does nothing with them. A library adds it to its top logger, so that its records
 * go nowhere until the program that uses it configures logging. Python's `logging.NullHandler`.
 *
 * @example
 * ```ts
 * import { getLogger, NullHandler } from "@paralog/paralog/logging";
 *
 * getLogger("library").addHandler(new NullHandler());
 * getLogger("library").error("seen by nobody who did not ask for it");
 * ```
 */
export class NullHandler extends Handler {
  /** Does nothing. */
  override emit(): void {}
}
