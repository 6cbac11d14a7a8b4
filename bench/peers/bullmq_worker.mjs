/** The worker of plain BullMQ: adds one to the number of each job, or to all numbers of its list. */

import { Worker } from "bullmq";
import { Redis } from "ioredis";
import process from "node:process";
import { fileURLToPath } from "node:url";

const { url, concurrency, isSandboxed } = JSON.parse(process.argv[2]);

const addOne = (x) => x + 1;

function run({ data: { x, numbers } }) {
  return Promise.resolve(numbers ? numbers.map((each) => addOne(each)) : addOne(x));
}

const sandboxed = fileURLToPath(new URL("bullmq_processor.mjs", import.meta.url));
const connection = new Redis(url, { maxRetriesPerRequest: null });
const worker = new Worker("calls", isSandboxed ? sandboxed : run, { connection, concurrency });
await worker.waitUntilReady();
// It ends the processes that it has started, too.
process.on("SIGTERM", () => worker.close(true).finally(() => process.exit()));
process.send("ready");
