import { assertEquals } from "@std/assert";
import { JobSweeper } from "../../src/bullmq/caller/job_sweeper.ts";
import { openQueue, type PoolQueue } from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { openEchoAgent } from "../support/echo_agent.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";

const KEYS = new PoolKeys("test");

interface Opened extends AsyncDisposable {
  readonly client: Redis;
  readonly queue: PoolQueue;
  readonly errors: unknown[];
  readonly sweeper: JobSweeper;
}

function open({ url }: RedisServer): Opened {
  const errors: unknown[] = [];
  const client = openRedis(url, { name: "caller" });
  const queue = openQueue(KEYS, { client });
  const sweeper = new JobSweeper({
    ...{ keys: KEYS, client, queue },
    onError: (error) => errors.push(error),
  });
  return {
    ...{ client, queue, errors, sweeper },
    [Symbol.asyncDispose]: async () => {
      await sweeper[Symbol.asyncDispose]();
      await queue.close();
      await closeRedis(client);
    },
  };
}

/** Has an agent run jobs, every other one of which fails, with a result and a stop key beside. */
async function runJobs({ client, queue }: Opened, count: number): Promise<string[]> {
  const { promise: isDone, resolve: finish } = Promise.withResolvers<void>();
  const worker = openEchoAgent(KEYS, client);
  let done = 0;
  for (const event of ["completed", "failed"] as const) {
    worker.on(event, () => ++done === count && finish());
  }
  const ids = Array.from({ length: count }, (_, index) => `run.${index}.1`);
  await queue.addBulk(ids.map((jobId, index) => ({
    name: "batch",
    data: { protocol: 1, version: "0", run: "run", head: "", body: index % 2 ? "fail" : "one" },
    opts: { jobId },
  })));
  for (const id of ids) await client.mset(KEYS.result(id), "bytes", KEYS.stop(id), "bytes");
  await isDone;
  await worker.close();
  return ids;
}

/** What is in Redis of jobs. */
async function leftOf({ client, queue }: Opened): Promise<string[]> {
  const keys = await client.keys("*run.*");
  const counts = await queue.getJobCounts("completed", "failed", "wait", "active");
  return [...keys, ...Object.entries(counts).filter(([, count]) => count).map(([name]) => name)];
}

redisTest("JobSweeper removes all that Redis has of jobs", async (server) => {
  await using opened = open(server);
  const ids = await runJobs(opened, 250);
  for (const id of ids) opened.sweeper.sweep(id);
  await opened.sweeper[Symbol.asyncDispose]();
  assertEquals(await leftOf(opened), []);
  assertEquals(opened.errors, []);
});

redisTest("JobSweeper removes jobs by itself, and leaves the others", async (server) => {
  await using opened = open(server);
  const [kept = "", ...ids] = await runJobs(opened, 5);
  for (const id of ids) opened.sweeper.sweep(id);
  while (await opened.client.exists(...ids.map((id) => KEYS.stop(id))));
  assertEquals((await leftOf(opened)).sort(), [
    "completed",
    `${KEYS.prefix}:jobs:${kept}`,
    KEYS.result(kept),
    KEYS.stop(kept),
  ]);
});

redisTest("JobSweeper ends when Redis is gone", async (server) => {
  await using opened = open(server);
  await opened.client.ping();
  const isClosed = new Promise((resolve) => opened.client.once("close", resolve));
  await server.kill();
  await isClosed;
  opened.sweeper.sweep("run.0.1");
  await opened.sweeper[Symbol.asyncDispose]();
});
