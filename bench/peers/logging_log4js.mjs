/**
 * log4js in one thread, with a `file` appender. Each run configures it anew, for the lines are in the
 * file when it has shut down.
 */

import { createRequire } from "node:module";
import { measureRuns } from "./logging_runs.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const log4js = createRequire(import.meta.url)("log4js");

const input = JSON.parse(process.argv[2]);

await measureRuns(input, () => {
  log4js.configure({
    appenders: {
      file: {
        type: "file",
        filename: input.file,
        layout: { type: "pattern", pattern: "%d{yyyy-MM-dd hh:mm:ss,SSS} %p %c %m" },
      },
    },
    categories: { default: { appenders: ["file"], level: "info" } },
  });
  const logger = log4js.getLogger("bench.logging");
  return {
    log: (records) => {
      for (let i = 0; i < records; i++) {
        logger.info("record %d: fetched, checked and stored", i);
      }
    },
    flush: () => new Promise((resolve) => log4js.shutdown(resolve)),
  };
});
