/**
 * The program behind the row of `@std/log` through paralog: what is logged with `@std/log` joins the
 * current realm, and the handler is paralog's.
 *
 * @module
 */

import { FileHandler, getLogger, JsonFormatter } from "@paralog/paralog/logging";
import * as log from "@std/log";
import type { LoggingInput, LoggingOutput } from "./lines.ts";
import { measureRuns } from "./runs.ts";

/** What the program is told besides. */
export interface JoinedInput extends LoggingInput {
  /** That of the `FileHandler`. */
  readonly bufferSize: number;
}

function main(input: JoinedInput): LoggingOutput {
  const { file, bufferSize } = input;
  const handler = new FileHandler(file, { formatter: new JsonFormatter(), bufferSize });
  getLogger().addHandler(handler);
  getLogger().setLevel("INFO");
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
