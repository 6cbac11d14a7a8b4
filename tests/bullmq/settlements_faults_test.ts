import { assert } from "@std/assert";
import { type RedisServer, redisTest } from "../support/redis_server.ts";
import { assertEchoed, openAgent, openCaller, startAgent, textsOf } from "../support/settling.ts";

redisTest("Settlements reports that Redis refuses, and asks again", async (server) => {
  const errors: unknown[] = [];
  const { promise: isTold, resolve: tell } = Promise.withResolvers<void>();
  await using caller = await openCaller(server, {
    isDeaf: true,
    check: { every: 20 },
    onError: (error) => {
      errors.push(error);
      tell();
    },
  });
  const all = await caller.run(["one", "two"]);
  const key = "{paralog:test}:jobs:run.0.1";
  await caller.client.rename(key, "away");
  await caller.client.set(key, "no hash");
  await isTold;
  await caller.client.rename("away", key);
  await using _agent = openAgent(server);
  await assertEchoed(all, ["one", "two"]);
  assert(errors.every((error) => error instanceof Error && error.message.includes("WRONGTYPE")));
});

redisTest("Settlements finds all of 8,000 jobs when this thread was blocked", async (server) => {
  await using caller = await openCaller(server);
  await using _agent = startAgent(server);
  const heard = new Set<string>();
  caller.events.on("completed", ({ jobId }) => heard.add(jobId));
  const texts = textsOf(8000);
  const all = await caller.run(texts);
  // Nothing in this thread goes on until all are done.
  const deadline = performance.now() + 60_000;
  while (countDone(server) < texts.length) assert(performance.now() < deadline);
  await assertEchoed(all, texts);
  assert(heard.size < texts.length, "Redis kept all events: the test shows nothing");
});

function countDone({ port }: RedisServer): number {
  const { stdout } = new Deno.Command("redis-cli", {
    args: ["-p", String(port), "ZCARD", "{paralog:test}:jobs:completed"],
  }).outputSync();
  return Number(new TextDecoder().decode(stdout));
}

redisTest("Settlements finds all of 2,000 jobs when Redis is restarted", async (server) => {
  await using caller = await openCaller(server, { check: { every: 100 } });
  await using _agent = startAgent(server);
  const texts = textsOf(2000);
  const all = await caller.run(texts);
  await all[100];
  await server.kill();
  await server.restart();
  await assertEchoed(all, texts);
}, { appendonly: true });

redisTest("Settlements finds all of 2,000 jobs when connections are killed", async (server) => {
  await using caller = await openCaller(server, { check: { every: 100 } });
  await using _agent = openAgent(server);
  const texts = textsOf(2000);
  const all = await caller.run(texts);
  for (const job of [100, 500, 1000, 1500]) {
    await all[job];
    await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  }
  await assertEchoed(all, texts);
});

redisTest("Settlements can be disposed when Redis is gone", async (server) => {
  await using caller = await openCaller(server, { check: { every: 20 } });
  await caller.run(["one"]);
  const isClosed = new Promise<void>((resolve) => {
    caller.events.once("ioredis:close", () => resolve());
  });
  await server.kill();
  await isClosed;
});
