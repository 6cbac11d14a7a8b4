/**
 * The worker of plain BullMQ: adds one to the number of each job, or to all numbers of its list; itself, in BullMQ's
 * sandbox, or in a bare process.
 */

import { Worker } from "bullmq";
import { Redis } from "ioredis";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BareProcess } from "./bullmq_bare_process.mjs";

const { url, concurrency, kind } = JSON.parse(process.argv[2]);

const connection = new Redis(url, { maxRetriesPerRequest: null });

const addOne = (x) => x + 1;

function run({ data: { x, numbers } }) {
  return Promise.resolve(numbers ? numbers.map((each) => addOne(each)) : addOne(x));
}

/** What runs the function somewhere else cannot leave out: whether the job was cancelled. */
function runBare(bare) {
  return ({ id, data: { x } }) => {
    const result = bare.run(x);
    connection.mget(`stop:${id}`, "levels").catch(() => {});
    return result;
  };
}

function processorOf() {
  switch (kind) {
    case "sandboxed":
      return fileURLToPath(new URL("bullmq_processor.mjs", import.meta.url));
    case "bare process":
      return runBare(new BareProcess());
    default:
      return run;
  }
}

const worker = new Worker("calls", processorOf(), { connection, concurrency });
await worker.waitUntilReady();
// It ends the processes that it has started, too.
process.on("SIGTERM", () => worker.close(true).finally(() => process.exit()));
process.send("ready");
