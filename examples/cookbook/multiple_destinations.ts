/**
 * "Logging to multiple destinations" of Python's logging cookbook: DEBUG and up to a file with
 * times, INFO and up to the console without.
 *
 *     deno run --allow-write examples/cookbook/multiple_destinations.ts [FOLDER]
 *
 * Prints four lines on stderr, and writes five to `myapp.log` in the folder (default: the current
 * one).
 */

import { basicConfig, ConsoleHandler, getLogger } from "@paralog/paralog/logging";

function main(folder: string): void {
  basicConfig({
    level: "DEBUG",
    format: "%(asctime)s %(name)-12s %(levelname)-8s %(message)s",
    datefmt: "%m-%d %H:%M",
    filename: `${folder}/myapp.log`,
    filemode: "w",
  });
  const root = getLogger();
  root.addHandler(
    new ConsoleHandler({ level: "INFO", formatter: "%(name)-12s: %(levelname)-8s %(message)s" }),
  );

  root.info("Jackdaws love my big sphinx of quartz.");

  // Loggers that stand for areas of the program.
  const logger1 = getLogger("myapp.area1");
  const logger2 = getLogger("myapp.area2");
  logger1.debug("Quick zephyrs blow, vexing daft Jim.");
  logger1.info("How quickly daft jumping zebras vex.");
  logger2.warn("Jail zesty vixen who grabbed pay from quack.");
  logger2.error("The five boxing wizards jump quickly.");
}

if (import.meta.main) main(Deno.args[0] ?? ".");
