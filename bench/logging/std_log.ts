/**
 * The program behind the row of `@std/log` alone: nothing here imports paralog.
 *
 * @module
 */

import * as log from "@std/log";
import type { LoggingInput, LoggingOutput } from "./lines.ts";
import { measureRuns } from "./runs.ts";

function main(input: LoggingInput): LoggingOutput {
  const handler = new log.FileHandler("INFO", {
    filename: input.file,
    formatter: log.formatters.jsonFormatter,
  });
  log.setup({
    handlers: { file: handler },
    loggers: { default: { level: "INFO", handlers: ["file"] } },
  });
  const logger = log.getLogger();
  return measureRuns(input, {
    log: (records) => {
      for (let i = 0; i < records; i++) {
        logger.info(`record ${i}: fetched, checked and stored`, { jobId: i, source: "inbox" });
      }
    },
    flush: () => handler.flush(),
  });
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
