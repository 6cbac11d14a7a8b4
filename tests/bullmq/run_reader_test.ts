import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RunEntry } from "../../src/bullmq/caller/run_reader.ts";
import type { Redis } from "../../src/bullmq/redis/redis.ts";
import { redisTest } from "../support/redis_server.ts";
import { Heard, KEYS, openReader, write } from "../support/run_reading.ts";

redisTest(
  "RunReader gives each entry of a run to its listener, from the first on",
  async (server) => {
    await using opened = openReader(server);
    const { client, reader } = opened;
    const entries: RunEntry[] = [];
    const two = Promise.withResolvers<void>();
    const first = await client.xadd(
      ...[KEYS.stream("a"), "*", "frames", Buffer.of(0, 255, 128), "job", "a.0.1"] as const,
    );
    reader.follow("a", (entry) => entries.push(entry) === 2 && two.resolve());
    const second = await client.xadd(
      ...[KEYS.stream("a"), "*", "job", "a.1.1", "frames", "x"] as const,
    );
    await two.promise;
    assertEquals(
      entries.map(({ id, job, frames }) => ({ id, job, frames: [...frames] })),
      [
        { id: first, job: "a.0.1", frames: [0, 255, 128] },
        { id: second, job: "a.1.1", frames: [120] },
      ],
    );
  },
);

redisTest("RunReader follows several runs, also such as begin while it waits", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Map(["a", "b", "c"].map((run) => [run, new Heard()]));
  const began = performance.now();
  for (const [run, { listener, until }] of heard) {
    while (run !== "a" && !await isWaiting(client));
    reader.follow(run, listener);
    for (let entry = 0; entry < 300; entry++) await write(client, run, `${run}${entry}`);
    await until.call(heard.get(run), 300);
  }
  for (const [run, { texts }] of heard) {
    assertEquals(texts, Array.from({ length: 300 }, (_, entry) => `${run}${entry}`));
  }
  // It would ask Redis anew only after five seconds by itself.
  assert(performance.now() - began < 4500);
});

/** Whether Redis has the reader wait. */
async function isWaiting(client: Redis): Promise<boolean> {
  return (await client.info("clients")).includes("blocked_clients:1");
}

redisTest("RunReader goes on after no run was left", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  for (const run of ["a", "b", "a"]) {
    const heard = new Heard();
    reader.follow(run, heard.listener);
    await write(client, run, run);
    await heard.until(1);
    reader.leave(run);
    reader.leave(run);
    // Commands of one connection are done in their order.
    assertEquals(await client.exists(KEYS.stream(run)), 0);
  }
});

redisTest(
  "RunReader.follow() refuses a run that is followed, and all once it is closed",
  async (server) => {
    await using opened = openReader(server);
    const { reader } = opened;
    reader.follow("a", () => {});
    assertThrows(() => reader.follow("a", () => {}), Error, "followed already");
    await reader[Symbol.asyncDispose]();
    assertThrows(() => reader.follow("b", () => {}), Error, "closed");
  },
);

redisTest("RunReader.caughtUp() waits until the listener has the entry", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Heard();
  reader.follow("a", heard.listener);
  for (let entry = 0; entry < 200; entry++) {
    const id = await write(client, "a", String(entry));
    await reader.caughtUp("a", id);
    assertEquals(heard.texts.length, entry + 1);
  }
});

redisTest(
  "RunReader.caughtUp() reads by itself when the other connection is gone",
  async (server) => {
    await using opened = openReader(server, { isDeaf: true });
    const { client, reader } = opened;
    const heard = new Heard();
    reader.follow("a", heard.listener);
    const ids: string[] = [];
    for (let entry = 0; entry < 250; entry++) ids.push(await write(client, "a", String(entry)));
    await Promise.all(ids.slice(0, 230).map((id) => reader.caughtUp("a", id)));
    assertEquals(heard.texts, Array.from({ length: 230 }, (_, entry) => String(entry)));
    await reader.caughtUp("a", ids.at(-1) ?? "");
    assertEquals(heard.texts.length, 250);
  },
);

redisTest("RunReader.caughtUp() settles when the entry was cut off or deleted", async (server) => {
  await using opened = openReader(server, { isDeaf: true });
  const { client, reader } = opened;
  const heard = new Heard();
  reader.follow("a", heard.listener);
  reader.follow("b", () => {});
  const first = await write(client, "a", "first");
  await client.xtrim(KEYS.stream("a"), "MAXLEN", 0);
  const second = await write(client, "a", "second");
  const gone = await write(client, "b", "gone");
  await client.del(KEYS.stream("b"));
  await Promise.all([reader.caughtUp("a", first), reader.caughtUp("b", gone)]);
  assertEquals(heard.texts, []); // It was asked for no more than up to the first one.
  await reader.caughtUp("a", second);
  await reader.caughtUp("a", first);
  assertEquals(heard.texts, ["second"]);
});

redisTest(
  "RunReader.caughtUp() settles for ids that never were, and loses nothing by it",
  async (server) => {
    await using opened = openReader(server);
    const { client, reader, errors } = opened;
    const heard = new Heard();
    reader.follow("a", heard.listener);
    await reader.caughtUp("a", "99999999999999-0");
    await reader.caughtUp("a", "no id");
    await reader.caughtUp("a", "9-9-9");
    await reader.caughtUp("not followed", "1-0");
    await write(client, "a", "later");
    await heard.until(1);
    assertEquals(heard.texts, ["later"]);
    assertEquals(errors.length, 1);
  },
);

redisTest(
  "RunReader.caughtUp() settles when the run is left, and when the reader ends",
  async (server) => {
    const opened = openReader(server, { isDeaf: true });
    const { client, reader } = opened;
    await using _opened = opened;
    await server.kill();
    for (const run of ["a", "b"]) reader.follow(run, () => {});
    const both = [reader.caughtUp("a", "1-0"), reader.caughtUp("b", "1-0")];
    reader.leave("a");
    await both[0];
    await reader[Symbol.asyncDispose]();
    await both[1];
    await reader[Symbol.asyncDispose]();
    assert(client.status !== "end");
  },
);

redisTest(
  "RunReader goes on when a listener throws, and leaves out what is no entry of ours",
  async (server) => {
    await using opened = openReader(server);
    const { client, reader, errors } = opened;
    const heard = new Heard();
    reader.follow("a", (entry) => {
      heard.listener(entry);
      if (heard.texts.length === 1) throw new Error("from the listener");
    });
    await client.xadd(KEYS.stream("a"), "*", "frames", "without a job");
    await client.xadd(KEYS.stream("a"), "*", "job", "without frames");
    await write(client, "a", "one");
    await write(client, "a", "two");
    await heard.until(2);
    assertEquals(heard.texts, ["one", "two"]);
    assertEquals(errors.map(String), ["Error: from the listener"]);
  },
);

redisTest("RunReader gives nothing more once its listener has left the run", async (server) => {
  await using opened = openReader(server);
  const { client, reader } = opened;
  const heard = new Heard();
  for (const text of ["one", "two"]) await write(client, "a", text);
  reader.follow("a", (entry) => {
    heard.listener(entry);
    reader.leave("a");
  });
  reader.follow("b", heard.listener);
  await write(client, "b", "three");
  await heard.until(2);
  assertEquals(heard.texts, ["one", "three"]);
});
