/** What the programs of plain BullMQ share: a queue, its events, and a worker in a process of its own. */

import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * BullMQ keeps the last 10,000 events unless it is told more, and a call whose end is cut off waits for ever:
 * with the default, runs of 20,000 calls did not always come to their end.
 */
const MOST_EVENTS = 1_000_000;

/**
 * Opens a queue and starts its worker.
 *
 * @param {{ url: string, concurrency: number, kind?: string }} input Where Redis is, how many jobs the worker runs at
 * once, and where, if not in its own thread: "sandboxed", in a "bare process", or by a "local parallel".
 * @returns What makes calls, and `close`.
 * @throws {Error} If the worker does not start.
 */
export async function openQueue({ url, concurrency, kind }) {
  const worker = await startWorker({ url, concurrency, kind });
  const connections = [0, 1].map(() => new Redis(url, { maxRetriesPerRequest: null }));
  const [connection, blocking] = connections;
  const queue = new Queue("calls", { connection, streams: { events: { maxLen: MOST_EVENTS } } });
  // From the first event on: otherwise those are missed that come before it has begun to listen.
  const events = new QueueEvents("calls", { connection: blocking, lastEventId: "0" });
  await events.waitUntilReady();
  const close = async () => {
    worker.kill();
    await once(worker, "exit");
    await events.close();
    await queue.close();
    for (const each of connections) each.disconnect();
  };
  return { queue, events, close };
}

async function startWorker(input) {
  const file = input.kind === "local parallel" ? "../bullmq/local_worker.ts" : "bullmq_worker.mjs";
  const program = fileURLToPath(new URL(file, import.meta.url));
  const worker = fork(program, [JSON.stringify(input)]);
  const ended = once(worker, "exit").then(([code]) => {
    throw new Error(`the worker ended with code ${code}`);
  });
  await Promise.race([once(worker, "message"), ended]);
  ended.catch(() => {}); // At the end it is killed.
  return worker;
}
