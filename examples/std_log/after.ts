/**
 * The last step: nothing of `@std/log` is left.
 *
 *     deno run --allow-read --allow-write examples/std_log/after.ts /tmp
 */

import { ConsoleHandler, getLogger, Parallel, RotatingFileHandler, task } from "@paralog/paralog";
import { TEXTS } from "./before.ts";

const logger = getLogger("words");

export const countWords = task(import.meta, function countWords(text: string): number {
  const words = text.split(/\s+/).length;
  logger.debug("read %d characters", text.length);
  logger.info("found %d words", words, { words });
  if (words < 2) logger.warn("the text is short");
  return words;
});

function setUpLogging(folder: string): void {
  const formatter = "%(levelname)s %(message)s";
  const root = getLogger();
  root.setLevel("DEBUG");
  root.addHandler(
    new ConsoleHandler({ level: "INFO", stream: "stdout", formatter, colors: false }),
  );
  root.addHandler(
    new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 10_000, backupCount: 3, formatter }),
  );
}

if (import.meta.main) {
  setUpLogging(Deno.args[0] ?? ".");
  logger.info("reading %d texts", TEXTS.length);
  const counts = await new Parallel(2).map(countWords, TEXTS);
  logger.info("done: %s", counts.join(", "));
}
