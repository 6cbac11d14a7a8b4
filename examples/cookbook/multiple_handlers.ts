/**
 * "Multiple handlers and formatters" of Python's logging cookbook: everything goes to a file,
 * errors go to the console as well. The code that logs knows nothing of it.
 *
 *     deno run --allow-write examples/cookbook/multiple_handlers.ts [FOLDER]
 *
 * Prints the error and the critical message on stderr, and writes all five to `spam.log` in the
 * folder (default: the current one).
 */

import { ConsoleHandler, FileHandler, Formatter, getLogger } from "@paralog/paralog/logging";

function main(folder: string): void {
  const formatter = new Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s");
  const logger = getLogger("simple_example");
  logger.setLevel("DEBUG");
  logger.addHandler(new ConsoleHandler({ level: "ERROR", formatter }));
  logger.addHandler(new FileHandler(`${folder}/spam.log`, { level: "DEBUG", formatter }));

  logger.debug("debug message");
  logger.info("info message");
  logger.warn("warn message");
  logger.error("error message");
  logger.critical("critical message");
}

if (import.meta.main) main(Deno.args[0] ?? ".");
