/**
 * Takes the jobs of a pool and gives back what they hold, or fails with "refused" where that is "fail". As a program,
 * with the address of Redis and the name of the pool, it does so until it is killed.
 */

import { openWorker, type PoolWorker } from "../../src/bullmq/redis/bull.ts";
import { openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";

/** Begins to take jobs. */
export function openEchoAgent(keys: PoolKeys, client: Redis): PoolWorker {
  return openWorker(keys, {
    client,
    name: "echo",
    concurrency: 50,
    // What was taken when the connection was lost is given to somebody else soon.
    lockDuration: 1000,
    stalledInterval: 500,
    maxStalledCount: 100,
    processor: ({ data: { protocol, body } }) =>
      body === "fail" ? Promise.reject(new Error("refused")) : Promise.resolve({ protocol, body }),
  });
}

if (import.meta.main) {
  const [url = "", pool = ""] = Deno.args;
  openEchoAgent(new PoolKeys(pool), openRedis(url, { name: "echo" }));
}
