/** Agents that say that they are there. */

import { assert, assertEquals } from "@std/assert";
import type { AgentInfo } from "../../src/bullmq/agent/agent_info.ts";
import { listAgents, Presence } from "../../src/bullmq/agent/presence.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { PROTOCOL } from "../../src/bullmq/wire/messages.ts";
import { VERSION } from "../../src/bullmq/wire/version.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";

const keys = new PoolKeys("test");

async function withClient(
  server: RedisServer,
  fn: (client: Redis) => Promise<void>,
): Promise<void> {
  const client = openRedis(server.url, { name: "paralog:test" });
  try {
    await fn(client);
  } finally {
    await closeRedis(client);
  }
}

function presence(
  client: Redis,
  name: string,
  { busy = () => 0, every = 5000 }: { busy?: () => number; every?: number } = {},
): Presence {
  return new Presence({ client, keys, name, slots: 2, busy, every });
}

/** Asks Redis until something holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

redisTest(
  "listAgents() lists those that are there, by name, until they go",
  (server) =>
    withClient(server, async (client) => {
      assertEquals(await listAgents(client, keys), []);
      const before = Date.now();
      await using b = presence(client, "b");
      await using a = presence(client, "a", { busy: () => 1 });
      await Promise.all([b.start(), a.start()]);
      const [first, second, ...others] = await listAgents(client, keys);
      assert(first && second);
      const { since, at, ...rest } = first;
      const fixed = { host: Deno.hostname(), pid: Deno.pid, slots: 2 };
      assertEquals(rest, { name: "a", busy: 1, ...fixed, version: VERSION, protocol: PROTOCOL });
      assert(since >= before && since <= Date.now(), `${since}`);
      assert(Math.abs(at - before) < 20_000, `${at}`);
      assertEquals([second.name, second.busy, others], ["b", 0, []]);
      await b[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      assertEquals((await listAgents(client, keys)).map(({ name }) => name), ["a"]);
    }),
);

redisTest(
  "Presence says again and again how busy the agent is",
  (server) =>
    withClient(server, async (client) => {
      let busy = 0;
      await using agent = presence(client, "a", { busy: () => busy, every: 5 });
      await agent.start();
      const [before] = await listAgents(client, keys);
      busy = 2;
      await until(async () => (await listAgents(client, keys))[0]?.busy === 2);
      const [after] = await listAgents(client, keys);
      assert(before && after && after.at > before.at);
      assert(await client.pttl(keys.agents) > 30_000); // It goes by itself when nobody says anything.
    }),
);

redisTest(
  "Presence keeps agents of the same name apart",
  (server) =>
    withClient(server, async (client) => {
      await using first = presence(client, "a");
      await first.start();
      const second = presence(client, "a");
      await second.start();
      assertEquals((await listAgents(client, keys)).length, 2);
      await second[Symbol.asyncDispose]();
      assertEquals((await listAgents(client, keys)).length, 1);
    }),
);

redisTest(
  "listAgents() leaves out who was silent for half a minute, and what it can't read",
  (server) =>
    withClient(server, async (client) => {
      const now = Date.now();
      const fixed = { host: "h", pid: 1, slots: 1, busy: 0, version: "1", protocol: 1, since: now };
      const put = (field: string, info: Partial<AgentInfo> | string) =>
        client.hset(keys.agents, field, typeof info === "string" ? info : JSON.stringify(info));
      await put("new", { ...fixed, name: "new", at: now - 20_000 });
      await put("old", { ...fixed, name: "old", at: now - 31_000 });
      await put("part", { name: "part", at: now });
      for (const text of ["", "{", "null", "1", '"a"', "[]"]) await put(`broken ${text}`, text);
      assertEquals((await listAgents(client, keys)).map(({ name }) => name), ["new"]);

      // Whoever is there takes them out in time.
      await using agent = presence(client, "agent", { every: 1 });
      await agent.start();
      await until(async () => await client.hlen(keys.agents) === 2);
      assertEquals((await listAgents(client, keys)).map(({ name }) => name), ["agent", "new"]);
    }),
);

redisTest(
  "Presence outlives a loss of Redis, and ends in time while Redis is away",
  (server) =>
    withClient(server, async (client) => {
      const agent = presence(client, "a", { every: 5 });
      await agent.start();
      await server.restart(); // Without a file: the list is empty.
      await until(async () => (await listAgents(client, keys)).length === 1);
      await server.kill();
      const start = performance.now();
      await agent[Symbol.asyncDispose]();
      assert(performance.now() - start < 5000);
    }),
);
