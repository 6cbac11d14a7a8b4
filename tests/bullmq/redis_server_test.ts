import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { hasRedis, needsRedis, redisTest, startRedis } from "../support/redis_server.ts";

redisTest("RedisServer keeps what it was given over kill() and restart()", async (server) => {
  const { pid, port } = server;
  assertEquals(await server.command("SET", "key", "a value"), "OK");
  await server.kill();
  assertThrows(() => server.pid, Error, "does not run");
  await server.restart();
  assertEquals(await server.command("GET", "key"), "a value");
  assertEquals(server.port, port);
  assert(server.pid !== pid);
}, { appendonly: true });

redisTest("RedisServer keeps nothing if it is not told to", async (server) => {
  await server.command("SET", "key", "a value");
  await server.restart();
  assertEquals(await server.command("GET", "key"), "");
  assertEquals(
    await server.command("CONFIG", "GET", "maxmemory-policy"),
    "maxmemory-policy\nnoeviction",
  );
});

redisTest("RedisServer.command() throws what Redis refuses", async (server) => {
  await assertRejects(() => server.command("GET"), Error, "wrong number of arguments");
});

Deno.test({
  ...needsRedis(
    "startRedis() throws what redis-server said when it did not start, and leaves no folder",
  ),
  async fn() {
    await assertRejects(
      () => startRedis({ args: ["--no-such-setting", "1"] }),
      Error,
      "redis-server did not start",
    );
    await using server = await startRedis();
    const { message } = await assertRejects(() => startRedis({ port: server.port }), Error);
    assert(message.includes("Address already in use"), message);
  },
});

Deno.test("needsRedis() skips a test only where redis-server is missing, and says so", () => {
  const { name, ignore } = needsRedis("works");
  assertEquals(ignore, !hasRedis);
  assertEquals(name.includes("redis-server is not installed"), !hasRedis);
});
