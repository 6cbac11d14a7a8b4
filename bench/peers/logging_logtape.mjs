/**
 * LogTape in one thread, with one of the sinks of `@logtape/file`.
 *
 * - "sync": `getFileSink()` as it is: its buffer is not used for a record that is shorter than 200
 *   bytes and finds it empty, so each of ours is written and synced to the disk
 * - "nonBlocking": the same with `nonBlocking: true`
 * - "stream": `getStreamFileSink()`
 *
 * Each run configures it anew, for the lines are in the file when a sink is disposed.
 */

import { createRequire } from "node:module";
import { measureRuns } from "./logging_runs.mjs";

// No imports: Deno, which checks this file too, would want to know the packages.
const require = createRequire(import.meta.url);
const { configure, dispose, getLogger, jsonLinesFormatter, reset } = require("@logtape/logtape");
const { getFileSink, getStreamFileSink } = require("@logtape/file");

const input = JSON.parse(process.argv[2]);

function openSink() {
  const options = { formatter: jsonLinesFormatter };
  if (input.way === "stream") return getStreamFileSink(input.file, options);
  return getFileSink(input.file, { ...options, nonBlocking: input.way === "nonBlocking" });
}

await measureRuns(input, async () => {
  await configure({
    sinks: { file: openSink() },
    loggers: [
      { category: "bench", lowestLevel: "info", sinks: ["file"] },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  const logger = getLogger(["bench", "logging"]);
  return {
    log: (records) => {
      for (let i = 0; i < records; i++) {
        logger.info("record {jobId}: fetched, checked and stored", { jobId: i, source: "inbox" });
      }
    },
    flush: async () => {
      await dispose();
      await reset();
    },
  };
});
