/** Plain BullMQ makes one call after the other. It runs in Deno and in Node. */

import process from "node:process";
import { measureLatency } from "../latency/measure_latency.mjs";
import { openQueue } from "./bullmq_queue.mjs";

const input = JSON.parse(process.argv[2]);
const { queue, events, close } = await openQueue(input);
const rest = input.rest > 0 ? { rest: "-".repeat(input.rest) } : {};
const output = await measureLatency(async (x) => {
  const job = await queue.add("addOne", { x, ...rest });
  return job.waitUntilFinished(events);
}, input);
await close();
console.log(JSON.stringify(output));
