/**
 * The second step: loggers are paralog's, handlers and formatters still those of `@std/log`. They keep
 * their levels and formatters. Code that still calls `log.info` joins in.
 *
 *     deno run --allow-write examples/std_log/halfway.ts /tmp
 */

import { getLogger } from "@paralog/paralog";
import * as log from "@std/log";
import { countWords, TEXTS } from "./before.ts";

function setUpLogging(folder: string): void {
  const formatter = ({ levelName, msg }: log.LogRecord) => `${levelName} ${msg}`;
  const root = getLogger();
  root.setLevel("DEBUG");
  root.addHandler(new log.ConsoleHandler("INFO", { formatter, useColors: false }));
  root.addHandler(
    new log.RotatingFileHandler("DEBUG", {
      filename: `${folder}/app.log`,
      maxBytes: 10_000,
      maxBackupCount: 3,
      formatter,
    }),
  );
}

if (import.meta.main) {
  setUpLogging(Deno.args[0] ?? ".");
  const logger = getLogger("words");
  logger.info("reading %d texts", TEXTS.length);
  const counts = TEXTS.map(countWords); // Logs through @std/log.
  logger.info("done: %s", counts.join(", "));
}
