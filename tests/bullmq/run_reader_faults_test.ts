import { assert, assertEquals } from "@std/assert";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";
import { Heard, KEYS, killReaders, openReader, write } from "../support/run_reading.ts";

redisTest("RunReader goes on when Redis refused", async (server) => {
  await using opened = openReader(server);
  const { client, reader, errors } = opened;
  const heard = new Heard();
  await client.set(KEYS.stream("a"), "no stream");
  reader.follow("a", heard.listener);
  await reader.caughtUp("a", "1-0"); // Redis refuses that, too.
  await client.del(KEYS.stream("a"));
  await write(client, "a", "one");
  await heard.until(1);
  assert(errors.length > 0 && errors.every((error) => String(error).includes("WRONGTYPE")));
});

redisTest("RunReader gives each entry once when connections are killed", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Heard();
  reader.follow("a", heard.listener);
  await using writer = openWriter(server);
  let expected = 0;
  for (let round = 0; round < 8; round++) {
    let last = "";
    const writing: Promise<string>[] = [];
    for (let entry = 0; entry < 250; entry++) {
      writing.push(write(writer.client, "a", String(expected++)));
    }
    const killing = killReaders(client, server);
    for (const id of await Promise.all(writing)) last = id;
    await Promise.all([reader.caughtUp("a", last), killing]);
    assertEquals(heard.texts.length, expected);
  }
  assertEquals(heard.texts, Array.from({ length: expected }, (_, entry) => String(entry)));
});

/** A connection that nobody kills. */
function openWriter({ url }: RedisServer): AsyncDisposable & { readonly client: Redis } {
  const client = openRedis(url, { name: "writer" });
  return { client, [Symbol.asyncDispose]: () => closeRedis(client) };
}

redisTest("RunReader gives each entry once when Redis is restarted", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Heard();
  reader.follow("a", heard.listener);
  for (let entry = 0; entry < 100; entry++) await write(client, "a", String(entry));
  await server.kill();
  await server.restart();
  for (let entry = 100; entry < 200; entry++) await write(client, "a", String(entry));
  await heard.until(200);
  assertEquals(heard.texts, Array.from({ length: 200 }, (_, entry) => String(entry)));
}, { appendonly: true });

redisTest("RunReader goes on when Redis has lost everything", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Heard();
  reader.follow("a", heard.listener);
  const id = await write(client, "a", "before");
  await reader.caughtUp("a", id);
  await client.flushall();
  // Ids begin with the time in milliseconds; so do those of the stream that is made anew.
  while (await timeOf(client) <= Number.parseInt(id));
  await write(client, "a", "after");
  await heard.until(2);
  assertEquals(heard.texts, ["before", "after"]);
});

/** What the clock of Redis says, in milliseconds. */
async function timeOf(client: Redis): Promise<number> {
  const [seconds, microseconds] = await client.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

redisTest("RunReader can be disposed while its connections are made again", async (server) => {
  for (let round = 0; round < 20; round++) {
    const opened = openReader(server);
    const { client, blocking, reader } = opened;
    const heard = new Heard();
    reader.follow(`run${round}`, heard.listener);
    await write(client, `run${round}`, "one");
    await heard.until(1);
    const isBack = new Promise<void>((resolve) => {
      blocking.once(round % 2 ? "connect" : "close", () => resolve());
    });
    await killReaders(client, server);
    await isBack;
    await opened[Symbol.asyncDispose]();
  }
});

redisTest("RunReader gives an entry once that comes both ways", async (server) => {
  await using opened = openReader(server);
  const { client, blocking, reader } = opened;
  const heard = new Heard();
  const gate = Promise.withResolvers<void>();
  const read = blocking.xreadBuffer.bind(blocking) as (...args: unknown[]) => Promise<null>;
  blocking.xreadBuffer = async (...args: unknown[]) => {
    const reply = await read(...args);
    await gate.promise;
    return reply;
  };
  const ids: string[] = [];
  for (const text of ["a", "b", "c"]) ids.push(await write(client, "a", text));
  reader.follow("a", heard.listener);
  await reader.caughtUp("a", ids[1] ?? "");
  assertEquals(heard.texts, ["a", "b"]);
  gate.resolve();
  await heard.until(3);
  assertEquals(heard.texts, ["a", "b", "c"]);
});

redisTest(
  "RunReader keeps the order when its thread was blocked and both ways have entries",
  async (server) => {
    await using opened = openReader(server);
    const { reader } = opened;
    const heard = new Heard();
    reader.follow("a", heard.listener);
    const script =
      `for i = 0, 999 do redis.call("XADD", KEYS[1], "*", "job", "j", "frames", i) end ` +
      `return redis.call("XREVRANGE", KEYS[1], "+", "-", "COUNT", 1)[1][1]`;
    // From another program, so that nothing in this thread goes on meanwhile.
    const { stdout } = new Deno.Command("redis-cli", {
      args: ["-p", String(server.port), "EVAL", script, "1", KEYS.stream("a")],
    }).outputSync();
    await reader.caughtUp("a", new TextDecoder().decode(stdout).trim());
    await heard.until(1000);
    assertEquals(heard.texts, Array.from({ length: 1000 }, (_, entry) => String(entry)));
  },
);
