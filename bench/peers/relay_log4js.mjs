/**
 * log4js in worker threads: a "tcp" appender in each worker and a "tcp-server" in the main thread,
 * which has the file. Its documentation prefers the two to the "multiprocess" appender.
 */

import { createRequire } from "node:module";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { isMainThread, workerData } from "node:worker_threads";
import { runMain, runWorker } from "./node_workers.mjs";

// Not an import: Deno, which checks this file too, would want to know the package.
const log4js = createRequire(import.meta.url)("log4js");

const HOST = "127.0.0.1";

/** A port that nobody uses at the moment; log4js takes no 0. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const shutdown = () => new Promise((resolve) => log4js.shutdown(resolve));

if (isMainThread) {
  const input = JSON.parse(process.argv[2]);
  const port = await freePort();
  log4js.configure({
    appenders: {
      server: { type: "tcp-server", host: HOST, port },
      file: {
        type: "file",
        filename: input.file,
        layout: { type: "pattern", pattern: "%d{yyyy-MM-dd hh:mm:ss,SSS} %X{worker} %p %c %m" },
      },
    },
    categories: { default: { appenders: ["file"], level: "info" } },
  });
  const program = fileURLToPath(import.meta.url);
  await runMain({ program, input, data: { port }, end: shutdown });
} else {
  log4js.configure({
    appenders: { main: { type: "tcp", host: HOST, port: workerData.port } },
    categories: { default: { appenders: ["main"], level: "info" } },
  });
  const log = log4js.getLogger("bench.relay");
  log.addContext("worker", `Worker-${workerData.task + 1}`);
  runWorker({ log, end: shutdown });
}
