import { bullmq } from "@paralog/paralog/bullmq";
import { testBackend } from "../../src/testing/mod.ts";
import { startAgent } from "../support/agents.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/redis_server.ts";
import type { RunningProgram } from "../support/running_program.ts";
import { unusedPort } from "../support/tcp_server.ts";

if (hasRedis) testOnRedis();
else Deno.test.ignore("bullmq: the contract (skipped: redis-server is not installed)", () => {});

/** On a real server, with one agent: others would have an initializer run in their processes, too. */
function testOnRedis(): void {
  const port = unusedPort();
  let server: RedisServer | undefined;
  let agent: RunningProgram | undefined;

  Deno.test.beforeAll(async () => {
    server = await startRedis({ port, appendonly: true }); // Without a log on disk, callers are warned.
    agent = await startAgent({ redis: server.url, slots: 4 });
  });

  Deno.test.afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  testBackend("bullmq", {
    backend: bullmq({ connection: { port } }),
    noSharedMemory: "another machine shares no memory",
    closing: { kind: "exit", code: 0 },
    skip: [{
      reason: "statistics name places of the caller, of which each takes any process of an agent",
      tests: ["a worker has one name: to its tasks, in its records and in statistics"],
    }],
  });
}
