/**
 * pino in worker threads: each worker appends to the file itself, by one of pino's ways to write.
 *
 * - "sync": `pino.destination({ sync: true })`, a write for each line
 * - "async": `pino.destination({ sync: false, minLength: 4096 })`, as its page on asynchronous
 *   logging has it
 * - "transport": `pino.transport({ target: "pino/file" })`, as its page on transports has it: a
 *   thread for each worker, which writes
 */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread, workerData } from "node:worker_threads";
import { runMain, runWorker } from "./node_workers.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const pino = createRequire(import.meta.url)("pino");

function openStream({ way, file }) {
  if (way === "transport") {
    return pino.transport({ target: "pino/file", options: { destination: file } });
  }
  return pino.destination({
    dest: file,
    ...(way === "sync" ? { sync: true } : { sync: false, minLength: 4096 }),
  });
}

if (isMainThread) {
  const program = fileURLToPath(import.meta.url);
  await runMain({ program, input: JSON.parse(process.argv[2]) });
} else {
  const stream = openStream(workerData);
  await new Promise((resolve) => stream.once("ready", resolve));
  const log = pino(
    { name: "bench.relay", base: { worker: `Worker-${workerData.task + 1}` } },
    stream,
  );
  runWorker({
    log,
    flush: async () => {
      await new Promise((resolve) => log.flush(resolve));
      // A flush that met a write leaves what came after it, up to minLength.
      stream.flushSync();
    },
    end: () =>
      new Promise((resolve) => {
        stream.once("close", resolve);
        stream.end();
      }),
  });
}
