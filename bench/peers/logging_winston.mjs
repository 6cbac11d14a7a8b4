/**
 * winston in one thread, with a `File` transport. Each run has a logger of its own, for the lines are
 * in the file when a transport has finished, and then it takes no more.
 */

import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import { measureRuns } from "./logging_runs.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const winston = createRequire(import.meta.url)("winston");

const input = JSON.parse(process.argv[2]);
const { combine, json, timestamp } = winston.format;

await measureRuns(input, async () => {
  const transport = new winston.transports.File({ filename: input.file });
  const logger = winston.createLogger({
    level: "info",
    format: combine(timestamp(), json()),
    transports: [transport],
  });
  await new Promise((resolve) => transport.once("open", resolve));
  return {
    log: (records) => {
      for (let i = 0; i < records; i++) {
        logger.info(`record ${i}: fetched, checked and stored`, { jobId: i, source: "inbox" });
      }
    },
    flush: async () => {
      // To end it while it holds records may end the transport first: "write after end".
      while (logger.writableLength > 0 || logger.readableLength > 0) await setImmediate();
      await new Promise((resolve) => {
        transport.once("finish", resolve);
        logger.end();
      });
    },
  };
});
