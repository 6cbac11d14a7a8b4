/**
 * The second module of `multiple_modules.ts`. It asks for its loggers by name, and neither knows
 * nor cares who configures them.
 */

import { getLogger } from "@paralog/paralog/logging";

const moduleLogger = getLogger("spam_application.auxiliary");

/** Something that logs. */
export class Auxiliary {
  readonly #logger = getLogger("spam_application.auxiliary.Auxiliary");

  /** Logs that it is made. */
  constructor() {
    this.#logger.info("creating an instance of Auxiliary");
  }

  /** Logs before and after its work. */
  doSomething(): number {
    this.#logger.info("doing something");
    const sum = 1 + 1;
    this.#logger.info("done doing something");
    return sum;
  }
}

/** Logs on the logger of the module. */
export function someFunction(): void {
  moduleLogger.info('received a call to "some_function"');
}
