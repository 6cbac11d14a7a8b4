import { assert, assertEquals } from "@std/assert";
import { type Settlement, Settlements } from "../../src/bullmq/caller/settlements.ts";
import { openEvents } from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { needsRedis, redisTest, startRedis } from "../support/redis_server.ts";
import { assertEchoed, openAgent, openCaller, textsOf } from "../support/settling.ts";

redisTest("Settlements tells what has become of jobs, and that they were taken", async (server) => {
  const active: string[] = [];
  await using caller = await openCaller(server, { onActive: (id) => active.push(id) });
  const all = await caller.run(["one", "fail"]);
  assertEquals(caller.settlements.size, 2);
  assert(caller.settlements.expect("run.0.1") === all[0]);
  await using _agent = openAgent(server);
  assertEquals(await Promise.all(all), [
    { kind: "completed", result: { protocol: 1, body: "one" } },
    { kind: "failed", reason: "refused" },
  ]);
  assertEquals(active.sort(), ["run.0.1", "run.1.1"]);
  assertEquals(caller.settlements.size, 0);
});

redisTest("Settlements asks Redis when it hears nothing", async (server) => {
  const active: string[] = [];
  await using caller = await openCaller(server, {
    isDeaf: true,
    check: { every: 50 },
    onActive: (id) => active.push(id),
  });
  const texts = textsOf(1200); // More than are asked for at once.
  const all = await caller.run([...texts, "fail"]);
  await using _agent = openAgent(server);
  await assertEchoed(all.slice(0, -1), texts);
  assertEquals(await all.at(-1), { kind: "failed", reason: "refused" });
});

redisTest("Settlements tells by itself that jobs were taken, and taken over", async (server) => {
  const taken: string[] = [];
  let next = Promise.withResolvers<void>();
  await using caller = await openCaller(server, {
    isDeaf: true,
    check: { every: 20 },
    onActive: (id) => {
      taken.push(id);
      next.resolve();
    },
  });
  const [job] = await caller.run(["one"]);
  for (let agents = 1; agents <= 2; agents++) {
    next = Promise.withResolvers();
    await caller.client.hincrby("{paralog:test}:jobs:run.0.1", "ats", 1);
    await next.promise;
  }
  assertEquals(taken, ["run.0.1", "run.0.1"]);
  await using _agent = openAgent(server);
  assertEquals((await job)?.kind, "completed");
});

redisTest("Settlements does not tell again what an event has told", async (server) => {
  const taken: string[] = [];
  await using caller = await openCaller(server, {
    check: { every: 20 },
    onActive: (id) => taken.push(id),
  });
  const all = await caller.run(["one", "two"]);
  const { client, events, keys } = caller;
  const heard = new Promise((resolve) => events.once("active", resolve));
  await client.multi().hincrby(`${keys.prefix}:jobs:run.0.1`, "ats", 1)
    .xadd(`${keys.prefix}:jobs:events`, "*", "event", "active", "jobId", "run.0.1").exec();
  await heard;
  await client.del(`${keys.prefix}:jobs:run.1.1`);
  assertEquals(await all[1], { kind: "lost" }); // It was asked for both, twice.
  assertEquals(taken, ["run.0.1"]);
  await using _agent = openAgent(server);
  assertEquals((await all[0])?.kind, "completed");
});

redisTest("Settlements asks after a reconnect although there are news", async (server) => {
  const began = performance.now();
  await using caller = await openCaller(server, { check: { every: 1000 } });
  const { client, keys } = caller;
  const [silent] = await caller.run(["silent", "loud"]);
  await client.hset(`${keys.prefix}:jobs:run.0.1`, "finishedOn", 1, "returnvalue", "7");
  const isBack = new Promise<void>((resolve) => client.once("ready", () => resolve()));
  await server.command("CLIENT", "KILL", "ID", await client.client("ID"));
  await isBack;
  let settlement: Settlement | undefined;
  silent?.then((value) => settlement = value);
  while (!settlement) {
    const heard = new Promise((resolve) => caller.events.once("active", resolve));
    await client.xadd(`${keys.prefix}:jobs:events`, "*", "event", "active", "jobId", "run.1.1");
    await heard;
  }
  assertEquals(settlement, { kind: "completed", result: 7 });
  // Without a reconnect it asks after ten seconds.
  assert(performance.now() - began < 8000);
});

redisTest("Settlements finds that a job is lost when Redis has it no more", async (server) => {
  await using caller = await openCaller(server, { check: { every: 20 } });
  const all = await caller.run(["one", "two"]);
  await caller.client.del("{paralog:test}:jobs:run.0.1");
  // What BullMQ itself leaves of a job that is gone is no job.
  await caller.client.del("{paralog:test}:jobs:run.1.1");
  await caller.client.hset("{paralog:test}:jobs:run.1.1", "stc", 1);
  assertEquals(await Promise.all(all), [{ kind: "lost" }, { kind: "lost" }]);
});

redisTest("Settlements settles nothing that is not added, or forgotten", async (server) => {
  await using caller = await openCaller(server, { check: { every: 20 } });
  const { settlements } = caller;
  const seen: string[] = [];
  settlements.expect("not.added.1").then(() => seen.push("not added"));
  settlements.expect("to.forget.1").then(() => seen.push("forgotten"));
  settlements.added("to.forget.1");
  settlements.forget("to.forget.1");
  settlements.forget("to.forget.1");
  settlements.added("never.expected.1");
  const lost = settlements.expect("is.lost.1");
  settlements.added("is.lost.1");
  assertEquals(await lost, { kind: "lost" });
  assertEquals(seen, []);
  assertEquals(settlements.size, 1);
});

redisTest("Settlements waits for a job that is missing only once in a row", async (server) => {
  await using caller = await openCaller(server, { isDeaf: true, check: { every: 20 } });
  const { client } = caller;
  const [job] = await caller.run(["one"]);
  const key = "{paralog:test}:jobs:run.0.1";
  const pipeline = client.pipeline.bind(client);
  const { promise: isOver, resolve: finish } = Promise.withResolvers<void>();
  let checks = 0;
  // Every other check misses it: commands of one connection are done in their order.
  client.pipeline = () => {
    const [from, to] = checks++ % 2 === 0 ? [key, "away"] : ["away", key];
    client.rename(from, to);
    if (checks === 6) {
      client.pipeline = pipeline;
      finish();
    }
    return pipeline();
  };
  await isOver;
  assertEquals(caller.settlements.size, 1);
  await using _agent = openAgent(server);
  assertEquals((await job)?.kind, "completed");
});

redisTest(
  "Settlements asks for a job without news while there are news of others",
  async (server) => {
    await using caller = await openCaller(server, { check: { every: 20 } });
    const { client, keys } = caller;
    const [silent] = await caller.run(["silent", "loud"]);
    await client.hset(`${keys.prefix}:jobs:run.0.1`, "finishedOn", 1, "returnvalue", "7");
    let settlement: Settlement | undefined;
    silent?.then((value) => settlement = value);
    for (let tries = 0; tries < 5000 && !settlement; tries++) {
      const heard = new Promise((resolve) => caller.events.once("active", resolve));
      await client.xadd(`${keys.prefix}:jobs:events`, "*", "event", "active", "jobId", "run.1.1");
      await heard;
    }
    assertEquals(settlement, { kind: "completed", result: 7 });
  },
);

Deno.test({
  ...needsRedis("Settlements leaves no timer when nothing is outstanding"),
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    await using server = await startRedis();
    const client = openRedis(server.url, { name: "caller" });
    const keys = new PoolKeys("test");
    const events = openEvents(keys, { client, after: "0-0" });
    const settlements = new Settlements({ keys, client, events, check: { every: 60_000 } });
    settlements.expect("a.0.1");
    settlements.added("a.0.1");
    settlements.forget("a.0.1");
    await events.close();
    await closeRedis(client);
  },
});
