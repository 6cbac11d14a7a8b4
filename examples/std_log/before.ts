/**
 * A program that logs with `@std/log`, as it was before paralog. docs/migrating.md moves it over.
 *
 *     deno run --allow-write examples/std_log/before.ts /tmp
 */

import * as log from "@std/log";

/** Counts the words of a text, and logs what it finds. */
export function countWords(text: string): number {
  const words = text.split(/\s+/).length;
  log.debug(`read ${text.length} characters`);
  log.info(`found ${words} words`, { words });
  if (words < 2) log.warn("the text is short");
  return words;
}

export const TEXTS = ["a text of five words", "short"];

/** Lines on the console from INFO up, and all of them in a file. */
export function setUpLogging(folder: string): void {
  const formatter = ({ levelName, msg }: log.LogRecord) => `${levelName} ${msg}`;
  log.setup({
    handlers: {
      console: new log.ConsoleHandler("INFO", { formatter, useColors: false }),
      file: new log.RotatingFileHandler("DEBUG", {
        filename: `${folder}/app.log`,
        maxBytes: 10_000,
        maxBackupCount: 3,
        formatter,
      }),
    },
    loggers: { default: { level: "DEBUG", handlers: ["console", "file"] } },
  });
}

if (import.meta.main) {
  setUpLogging(Deno.args[0] ?? ".");
  log.info(`reading ${TEXTS.length} texts`);
  const counts = TEXTS.map(countWords);
  log.info(`done: ${counts.join(", ")}`);
}
