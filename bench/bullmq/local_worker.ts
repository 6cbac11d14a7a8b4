/**
 * A worker of plain BullMQ that adds one with a `Parallel` of its own: what an agent would be that has nothing of the
 * backend. It is started as the worker of the peers is.
 *
 * @module
 */

import { delayed, Parallel } from "@paralog/paralog";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import process from "node:process";
import { addOne } from "../calls/add_one.ts";

const { url, concurrency } = JSON.parse(Deno.args[0]!);

await using parallel = new Parallel(concurrency, { backend: "processes" });
const connection = new Redis(url, { maxRetriesPerRequest: null });
const run = async ({ data: { x } }: { data: { x: number } }) =>
  (await parallel.run([delayed(addOne)(x)]))[0];
const worker = new Worker("calls", run, { connection, concurrency });
await worker.waitUntilReady();
const { promise: ended, resolve: end } = Promise.withResolvers<void>();
process.on("SIGTERM", end);
process.send?.("ready");
await ended;
await worker.close(true);
connection.disconnect();
process.disconnect?.();
