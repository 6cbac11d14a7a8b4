/**
 * "Using logging in multiple modules" of Python's logging cookbook: the main module configures the
 * logger "spam_application"; what `auxiliary_module.ts` logs on loggers below it arrives here too.
 *
 *     deno run --allow-write examples/cookbook/multiple_modules.ts [FOLDER]
 *
 * Writes ten lines to `spam.log` in the folder (default: the current one), and prints nothing: the
 * console shows ERROR and up.
 */

import { ConsoleHandler, FileHandler, Formatter, getLogger } from "@paralog/paralog/logging";
import { Auxiliary, someFunction } from "./auxiliary_module.ts";

function main(folder: string): void {
  const formatter = new Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s");
  const logger = getLogger("spam_application");
  logger.setLevel("DEBUG");
  logger.addHandler(new FileHandler(`${folder}/spam.log`, { level: "DEBUG", formatter }));
  logger.addHandler(new ConsoleHandler({ level: "ERROR", formatter }));

  logger.info("creating an instance of auxiliary_module.Auxiliary");
  const auxiliary = new Auxiliary();
  logger.info("created an instance of auxiliary_module.Auxiliary");
  logger.info("calling auxiliary_module.Auxiliary.do_something");
  auxiliary.doSomething();
  logger.info("finished auxiliary_module.Auxiliary.do_something");
  logger.info("calling auxiliary_module.some_function()");
  someFunction();
  logger.info("done with auxiliary_module.some_function()");
}

if (import.meta.main) main(Deno.args[0] ?? ".");
