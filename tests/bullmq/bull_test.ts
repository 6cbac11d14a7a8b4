import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import {
  lastEventOf,
  openEvents,
  openQueue,
  openWorker,
  type PoolEvents,
  type PoolJob,
  type PoolWorker,
} from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import type { JobData, JobResult } from "../../src/bullmq/wire/messages.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";

const KEYS = new PoolKeys("bull-test");

redisTest(
  "openQueue(), openWorker() and openEvents() carry a job and its result",
  async (server) => {
    await using pool = await openPool(server);
    const worker = pool.work((job) => Promise.resolve(answer(`${job.id} ${job.data.body}`)));
    const { events, queue } = pool;
    const active = nextOf(events, "active");
    const completed = nextOf(events, "completed");
    await queue.add("batch", data("in"), { jobId: "run.0.1" });
    assertEquals((await active).jobId, "run.0.1");
    const { jobId, returnvalue } = await completed;
    assertEquals(jobId, "run.0.1");
    assertEquals<unknown>(returnvalue, answer("run.0.1 in"));
    assertEquals(worker.opts.removeOnComplete, { age: 3600 });
    // What has become of it is there for a caller that has missed the event.
    const kept = await server.command("HGET", `${KEYS.prefix}:jobs:run.0.1`, "returnvalue");
    assertEquals(JSON.parse(kept), answer("run.0.1 in"));
    assertEquals(await server.command("HGET", `${KEYS.prefix}:jobs:run.0.1`, "pb"), "agent");
  },
);

redisTest("openWorker() gives the text of what is thrown as the reason", async (server) => {
  await using pool = await openPool(server);
  pool.work(() => Promise.reject(new Error("no such module")));
  const failed = nextOf(pool.events, "failed");
  await pool.queue.add("batch", data("in"), { jobId: "run.0.1" });
  assertEquals(await failed, { jobId: "run.0.1", failedReason: "no such module", prev: "active" });
});

redisTest("openQueue() adds a job only once, however often it is told to", async (server) => {
  await using pool = await openPool(server);
  await pool.queue.add("batch", data("a"), { jobId: "run.0.1" });
  await pool.queue.add("batch", data("b"), { jobId: "run.0.1" });
  assertEquals(await pool.queue.getWaitingCount(), 1);
});

redisTest(
  "openEvents() tells of what comes after lastEventOf(), and of nothing before",
  async (server) => {
    await using pool = await openPool(server);
    assertEquals(await lastEventOf(KEYS, pool.client), "0-0");
    await pool.queue.add("batch", data("a"), { jobId: "run.0.1" });
    const after = await lastEventOf(KEYS, pool.client);
    assertMatch(after, /^\d+-\d+$/);
    await pool.queue.add("batch", data("a"), { jobId: "run.1.1" });
    const events = openEvents(KEYS, { client: pool.client, after });
    assertEquals((await nextOf(events, "added")).jobId, "run.1.1");
    await events.close();
  },
);

redisTest("openEvents() misses nothing that comes while its connection is lost", async (server) => {
  await using pool = await openPool(server);
  // The reader has had no event by now, and reads from where it was told to.
  const added = new Promise<string[]>((resolve) => {
    const ids: string[] = [];
    pool.events.on("added", ({ jobId }) => ids.push(jobId) === 3 && resolve(ids));
  });
  await pool.events.waitUntilReady();
  await server.command("CLIENT", "KILL", "TYPE", "normal");
  for (const id of [0, 1, 2]) {
    await pool.queue.add("batch", data(""), { jobId: `run.${id}.1` });
  }
  assertEquals(await added, ["run.0.1", "run.1.1", "run.2.1"]);
});

redisTest("openWorker() goes on after Redis was restarted", async (server) => {
  await using pool = await openPool(server);
  const started = Promise.withResolvers<void>();
  const restarted = Promise.withResolvers<void>();
  pool.work(async () => {
    started.resolve();
    await restarted.promise;
    return answer("done");
  });
  const both = new Promise<void>((resolve) => {
    const ids = new Set<string>();
    pool.events.on("completed", ({ jobId }) => ids.add(jobId).size === 2 && resolve());
  });
  await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
  await started.promise;
  await server.restart();
  restarted.resolve();
  await pool.queue.add("batch", data(""), { jobId: "run.1.1" });
  await both;
}, { appendonly: true });

redisTest("PoolWorker gives a job to another one when its own is gone", async (server) => {
  await using pool = await openPool(server);
  const started = Promise.withResolvers<void>();
  const never = Promise.withResolvers<JobResult>();
  const lost = pool.work(() => {
    started.resolve();
    return never.promise;
  });
  await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
  await started.promise;
  await lost.close(true);
  const starts: number[] = [];
  pool.work((job) => {
    starts.push(job.attemptsStarted);
    return Promise.resolve(answer("from the other"));
  });
  assertEquals<unknown>(
    (await nextOf(pool.events, "completed")).returnvalue,
    answer("from the other"),
  );
  assertEquals(starts, [2]);
  never.resolve(answer("too late"));
});

redisTest("PoolWorker.close() waits for the job that runs, and takes no other", async (server) => {
  await using pool = await openPool(server);
  const started = Promise.withResolvers<void>();
  const result = Promise.withResolvers<JobResult>();
  const worker = pool.work(() => {
    started.resolve();
    return result.promise;
  }, { concurrency: 1 });
  const completed = nextOf(pool.events, "completed");
  await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
  await started.promise;
  await pool.queue.add("batch", data(""), { jobId: "run.1.1" });
  const closed = worker.close();
  result.resolve(answer("done"));
  await closed;
  assertEquals((await completed).jobId, "run.0.1");
  assertEquals(await pool.queue.getWaitingCount(), 1);
});

redisTest("close() of all of them does not wait for a Redis that is gone", async (server) => {
  await using pool = await openPool(server);
  const worker = pool.work(() => Promise.resolve(answer("")));
  await worker.waitUntilReady();
  await server.kill();
  await until(pool.client, "reconnecting");
  await worker.close();
  await pool.events.close();
  await pool.queue.close();
});

redisTest(
  "close() of all of them does not wait for a Redis that never was there",
  async (server) => {
    await server.kill();
    const client = openRedis(server.url, { name: "paralog:test" });
    const queue = openQueue(KEYS, { client });
    const events = openEvents(KEYS, { client, after: "0-0" });
    const worker = openWorker(KEYS, { client, ...WORKER, processor: () => Promise.reject() });
    await until(client, "reconnecting");
    await Promise.all([worker.close(true), events.close(), queue.close()]);
    await closeRedis(client);
  },
);

redisTest("PoolWorker.close(true) ends a close() that waits for Redis", async (server) => {
  await using pool = await openPool(server);
  const started = Promise.withResolvers<void>();
  const result = Promise.withResolvers<JobResult>();
  const worker = pool.work(() => {
    started.resolve();
    return result.promise;
  });
  await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
  await started.promise;
  await server.kill();
  await until(pool.client, "reconnecting");
  const drained = worker.close();
  result.resolve(answer("nobody hears of it"));
  await worker.close(true);
  await closeRedis(pool.client);
  await drained;
});

redisTest(
  "openQueue() and others print nothing, also where the settings are wrong",
  async (server) => {
    const printed: unknown[] = [];
    const { warn, error } = console;
    console.warn = console.error = (...args) => printed.push(args);
    try {
      await using pool = await openPool(server);
      pool.work(() => Promise.resolve(answer("")));
      const completed = nextOf(pool.events, "completed");
      await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
      await completed;
      await server.restart();
      await pool.client.ping();
    } finally {
      Object.assign(console, { warn, error });
    }
    assertEquals(printed, []);
  },
  { args: ["--maxmemory-policy", "allkeys-lru"] },
);

redisTest("openQueue() keeps the pools apart", async (server) => {
  await using pool = await openPool(server);
  await pool.queue.add("batch", data(""), { jobId: "run.0.1" });
  const keys = (await server.command("KEYS", "*")).split("\n");
  assert(keys.length > 3);
  assertFalse(keys.some((key) => !key.startsWith("{paralog:bull-test}:jobs:")), String(keys));
});

const WORKER = {
  ...{ name: "agent", concurrency: 2, lockDuration: 300, stalledInterval: 200, maxStalledCount: 3 },
};

/** All that callers and agents of a pool have; it is closed at the end. */
async function openPool(server: RedisServer) {
  const client = openRedis(server.url, { name: "paralog:test" });
  const queue = openQueue(KEYS, { client });
  const events = openEvents(KEYS, { client, after: await lastEventOf(KEYS, client) });
  const workers: PoolWorker[] = [];
  const work = (
    processor: (job: PoolJob) => Promise<JobResult>,
    options: { readonly concurrency?: number } = {},
  ) => {
    const worker = openWorker(KEYS, { client, ...WORKER, ...options, processor });
    workers.push(worker);
    return worker;
  };
  const dispose = async () => {
    for (const worker of workers) await worker.close();
    await events.close();
    await queue.close();
    await closeRedis(client);
  };
  return { client, queue, events, work, [Symbol.asyncDispose]: dispose };
}

interface Told {
  readonly jobId: string;
  readonly returnvalue?: unknown;
  readonly failedReason?: string;
  readonly prev?: string;
}

function nextOf(events: PoolEvents, name: "active" | "added" | "completed" | "failed") {
  return new Promise<Told>((resolve) => events.once(name, (told: Told) => resolve(told)));
}

function data(body: string): JobData {
  return { protocol: 1, version: "0.1.0", run: "run", head: "", body };
}

function answer(body: string): JobResult {
  return { protocol: 1, body };
}

async function until(client: Redis, status: string): Promise<void> {
  while (client.status !== status) {
    await new Promise<void>((resolve) => client.once(status, () => resolve()));
  }
}
