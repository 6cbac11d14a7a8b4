/** What a loss of an agent, of Redis or of connections does: nothing is lost, and each call is settled once. */

import { assert, assertEquals } from "@std/assert";
import { delayed, getLogger, Parallel, withCleanRootLogger } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { watchRoot } from "../../src/testing/watched_handler.ts";
import { inBackground, untilTrue } from "../../src/testing/patience.ts";
import { startAgent } from "../support/agents.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";
import { logNumber, markAndBlock, markAndWaitFor } from "../support/remote_tasks.ts";

/** The lines that tasks have written: what began, and in a process of which agent. */
async function marksIn(file: string): Promise<{ name: string; agent: string }[]> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [name = "", , agent = ""] = line.split(" ");
    return { name, agent };
  });
}

redisTest(
  "an agent that is killed: another one runs its jobs, each result comes once",
  (server) =>
    withCleanRootLogger(async () => {
      const handler = watchRoot();
      const folder = await Deno.makeTempDir();
      const [marks, gate] = [`${folder}/marks`, `${folder}/gate`];
      const start = () =>
        startAgent({ redis: server.url, slots: 2, args: ["--lock-duration=1000"] });
      await using lost = await start();
      await using _other = await start();
      const backend = bullmq({ connection: server.url });
      await using parallel = new Parallel(4, { backend, batchSize: 1 });
      const names = ["a", "b", "c", "d", "e", "f"];
      const running = inBackground(
        parallel.run(names.map((name) => delayed(markAndWaitFor)(marks, name, gate))),
      );
      // The first four run, on both agents.
      await untilTrue(async () => (await marksIn(marks)).length === 4, "the start of four calls");
      const begun = await marksIn(marks);
      const agents = new Set(begun.map(({ agent }) => agent));
      assertEquals(agents.size, 2);
      await lost[Symbol.asyncDispose](); // SIGKILL.
      await Deno.writeTextFile(gate, "");
      assertEquals(await running, names);
      const all = await marksIn(marks);
      const twice = begun.filter(({ name }) =>
        all.filter((mark) => mark.name === name).length === 2
      );
      assertEquals(all.length, names.length + twice.length);
      assert(twice.length > 0 && new Set(twice.map(({ agent }) => agent)).size === 1);
      const ends = handler.messages.filter((text) => text.endsWith(" ends")).toSorted();
      assertEquals(ends, names.map((name) => `${name} ends`));
      const warnings = handler.records.filter(({ levelName }) => levelName === "WARN");
      assertEquals(
        warnings.filter(({ msg }) => msg.includes("runs again")).length,
        twice.length,
        warnings.map(({ msg }) => msg).join("\n"),
      );
      await Deno.remove(folder, { recursive: true });
    }),
);

redisTest(
  "a task that blocks its thread keeps its lock: no other agent runs it",
  async (server) => {
    const marks = await Deno.makeTempFile();
    const start = () => startAgent({ redis: server.url, slots: 1, args: ["--lock-duration=1000"] });
    await using _one = await start();
    await using _other = await start();
    const backend = bullmq({ connection: server.url });
    await using parallel = new Parallel(2, { backend, batchSize: 1 });
    const calls = ["a", "b", "c"].map((name) => delayed(markAndBlock)(marks, name, 3000));
    assertEquals(await parallel.run(calls), ["a", "b", "c"]);
    const names = (await marksIn(marks)).map(({ name }) => name);
    assertEquals(names.toSorted(), ["a", "b", "c"]);
    await Deno.remove(marks);
  },
);

const JOBS = "{paralog:default}:jobs";

const CALLS = Array.from({ length: 2000 }, (_, index) => index);

/** Runs them on an agent while something goes wrong. Each has its result, and at least one record. */
function runAll(
  server: RedisServer,
  disturb: (handled: (records: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  return withCleanRootLogger(async () => {
    const handler = watchRoot();
    await using _agent = await startAgent({ redis: server.url, slots: 4 });
    const backend = bullmq({ connection: server.url });
    await using parallel = new Parallel(20, { backend, batchSize: 1 });
    const running = inBackground(parallel.map(logNumber, CALLS));
    await disturb((records) => handler.until(records));
    assertEquals(await running, CALLS);
    const numbers = handler.messages.filter((text) => text.startsWith("number "));
    assertEquals(new Set(numbers).size, CALLS.length);
  });
}

redisTest(
  "Redis is killed and started again during 2,000 jobs: all are settled",
  (server) =>
    runAll(server, async (handled) => {
      await handled(300);
      await server.kill();
      await server.restart();
    }),
  { appendonly: true },
);

redisTest(
  "all connections are killed again and again: all calls are settled",
  (server) =>
    runAll(server, async (handled) => {
      for (const records of [200, 600, 1000, 1400]) {
        await handled(records);
        await server.command("CLIENT", "KILL", "TYPE", "normal");
        await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      }
    }),
);

redisTest("the caller is blocked for 4 s during 8,000 jobs: all are settled", async (server) => {
  await using _agent = await startAgent({ redis: server.url, slots: 20 });
  const backend = bullmq({ connection: server.url });
  const calls = Array.from({ length: 8000 }, (_, index) => index);
  await using parallel = new Parallel(calls.length, { backend, batchSize: 1 });
  await parallel.map(logNumber, [0]); // It is connected.
  getLogger().setLevel("CRITICAL");
  const running = inBackground(parallel.map(logNumber, calls));
  await untilTrue(
    async () => Number(await server.command("LLEN", `${JOBS}:wait`)) > 6000,
    "jobs that wait",
  );
  const end = performance.now() + 4000;
  const areDone = () =>
    ["wait", "active"].every((list) => redisCli(server, "LLEN", `${JOBS}:${list}`) === "0");
  while (performance.now() < end || !areDone());
  const events = Number(redisCli(server, "XINFO", "STREAM", `${JOBS}:events`).split("\n")[1]);
  assert(events < 16_000, `of ${events} events, Redis has dropped none`);
  assertEquals(await running, calls);
});

/** Asks the server while this thread stands still. */
function redisCli(server: RedisServer, ...args: string[]): string {
  const all = ["-p", String(server.port), ...args];
  const { stdout } = new Deno.Command("redis-cli", { args: all }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}
