/**
 * pino in one thread, by one of its ways to write.
 *
 * - "sync": `pino.destination({ sync: true })`, a write for each line
 * - "buffered": the same with `minLength: 4096`, which writes blocks
 * - "async": `pino.destination({ sync: false, minLength: 4096 })`, as its page on asynchronous
 *   logging has it
 */

import { createRequire } from "node:module";
import { measureRuns } from "./logging_runs.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const pino = createRequire(import.meta.url)("pino");

const input = JSON.parse(process.argv[2]);
const stream = pino.destination({
  dest: input.file,
  sync: input.way !== "async",
  ...(input.way !== "sync" && { minLength: 4096 }),
});
await new Promise((resolve) => stream.fd >= 0 ? resolve() : stream.once("ready", resolve));
const logger = pino({ name: "bench.logging" }, stream);

await measureRuns(input, () => ({
  log: (records) => {
    for (let i = 0; i < records; i++) {
      logger.info({ jobId: i, source: "inbox" }, "record %d: fetched, checked and stored", i);
    }
  },
  flush: async () => {
    if (input.way === "async") await new Promise((resolve) => logger.flush(resolve));
    stream.flushSync(); // Of an asynchronous flush, what is shorter than minLength is left.
  },
}));
