import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Redis as OwnRedis } from "ioredis";
import {
  checkConnection,
  closeRedis,
  describeAddress,
  duplicateRedis,
  openRedis,
  type Redis,
} from "../../src/bullmq/redis/redis.ts";
import { makeCertificate } from "../support/certificate.ts";
import { needsRedis, redisTest, startRedis } from "../support/redis_server.ts";
import { TcpServer, unusedPort } from "../support/tcp_server.ts";

const NAME = { name: "paralog:caller" };

Deno.test("checkConnection() takes URLs, objects and clients, and nothing else", () => {
  assertEquals(describeAddress(checkConnection(undefined)), "127.0.0.1:6379/0");
  assertEquals(describeAddress(checkConnection({ host: "h", port: 1, db: 2 })), "h:1/2");
  for (const option of [null, 6379, true, [], () => {}]) {
    assertThrows(() => checkConnection(option), TypeError, "current value of connection is");
  }
});

Deno.test("describeAddress() names a client by where it connects to, without its password", () => {
  const options = { host: "h", port: 7000, db: 1, password: "secret" };
  const duplicate = () => ({});
  assertEquals(describeAddress({ duplicate, options }), "h:7000/1");
  assertEquals(
    describeAddress({ duplicate, options: { ...options, path: "/redis.sock" } }),
    "/redis.sock",
  );
  const sentinels = { sentinels: [{ host: "a", port: 26379 }], name: "mymaster" };
  assertEquals(describeAddress({ duplicate, options: sentinels }), "mymaster (of its Sentinels)");
  assertEquals(describeAddress("redis://ada:secret@h"), "h:6379/0");
});

Deno.test("checkConnection() refuses clients that can't be used", () => {
  const client = { duplicate: () => ({}), options: { keyPrefix: "mine:" } };
  assertThrows(() => checkConnection(client), TypeError, "has a keyPrefix");
  const cluster = { duplicate: () => ({}), options: {}, isCluster: true };
  assertThrows(() => checkConnection(cluster), TypeError, "Redis Cluster");
});

redisTest("openRedis() connects under its name", async (server) => {
  const client = openRedis(`${server.url}/3`, NAME);
  assertEquals(await client.set("key", "value"), "OK");
  assertEquals(await server.command("-n", 3, "GET", "key"), "value");
  assert((await server.command("CLIENT", "LIST")).includes("name=paralog:caller"));
  assertEquals(describeAddress(client), `127.0.0.1:${server.port}/3`);
  await closeRedis(client);
  await closeRedis(client);
});

redisTest("openRedis() copies a client of the program's, which stays as it is", async (server) => {
  const own = new OwnRedis(server.port, "127.0.0.1", {
    ...{ db: 2, maxRetriesPerRequest: 1, replyMapping: "resp3", lazyConnect: true },
    ...{ commandTimeout: 10, retryStrategy: () => null },
  });
  const client = openRedis(own, NAME);
  const started = performance.now();
  assertEquals(await client.blpop("nothing", 0.05), null); // Longer than its own commands may take.
  assert(performance.now() - started >= 45);
  assertEquals(client.options.db, 2);
  await client.xadd("stream", "1-1", "a", "b");
  assertEquals(await client.xread("STREAMS", "stream", 0), [["stream", [["1-1", ["a", "b"]]]]]);
  await cutConnections(server, client);
  assertEquals(await client.ping(), "PONG");
  await closeRedis(client);
  assertEquals(own.status, "wait");
  assertEquals(await own.ping(), "PONG");
  own.disconnect();
});

redisTest(
  "openRedis() connects again by itself, and its commands wait for that",
  async (server) => {
    const errors: Error[] = [];
    const client = openRedis(server.url, { ...NAME, onError: (error) => errors.push(error) });
    await client.set("key", "value");
    await cutConnections(server, client);
    assertEquals(await client.get("key"), "value");
    await server.stop();
    const waiting = client.ping();
    await until(client, "reconnecting");
    await server.restart();
    assertEquals(await waiting, "PONG");
    await closeRedis(client);
    assert(errors.every((error) => error.message.includes("ECONN")), String(errors));
  },
);

Deno.test("openRedis() connects anew where no answer comes, and asks again", async () => {
  let connections = 0;
  const split = (conn: Deno.Conn) => ++connections === 1 ? silent(conn) : pongs(conn);
  await using server = new TcpServer({ split });
  const errors: string[] = [];
  const onError = ({ message }: Error) => errors.push(message);
  const client = openRedis({ port: server.port }, { ...NAME, onError, patience: 100 });
  assertEquals(await client.ping(), "PONG");
  await closeRedis(client);
  assertEquals(connections, 2);
  assert(errors[0]?.startsWith("Socket timeout"), errors[0]);
});

redisTest("openRedis() waits longer for an answer than a read blocks", async (server) => {
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const client = openRedis(server.url, { ...NAME, onError, patience: 300 });
  for (const _ of [1, 2, 3]) {
    assertEquals(await client.xread("BLOCK", 150, "STREAMS", "nothing", "$"), null);
  }
  await closeRedis(client);
  assertEquals(errors, []);
});

redisTest("openRedis() gives the password, and tells of a wrong one", async (server) => {
  const client = openRedis(server.url, NAME);
  assertEquals(await client.ping(), "PONG");
  await closeRedis(client);
  const { port } = server;
  for (const [password, code] of [["wrong", "WRONGPASS"], [undefined, "NOAUTH"]] as const) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    const wrong = openRedis({ port, password }, { ...NAME, onError: resolve });
    assertEquals((await promise).message.split(" ")[0], code);
    await closeRedis(wrong);
  }
}, { password: "s3cret/@:" });

redisTest("openRedis() logs in as a user of the ACL", async (server) => {
  const client = openRedis({ port: server.port, username: "ada", password: "secret" }, NAME);
  assertEquals(await client.acl("WHOAMI"), "ada");
  await assertRejects(() => client.flushall(), Error, "NOPERM");
  await closeRedis(client);
}, { acl: ["user default on nopass ~* &* +@all", "user ada on >secret ~* &* +@all -flushall"] });

Deno.test({
  ...needsRedis("openRedis() encrypts the connection"),
  async fn() {
    const tls = await makeCertificate();
    await using server = await startRedis({ tls });
    const client = openRedis({ port: server.port, tls: { ca: tls.cert } }, NAME);
    assertEquals(await client.ping(), "PONG");
    await cutConnections(server, client);
    assertEquals(await client.ping(), "PONG");
    await closeRedis(client);
    // Nobody has said that this certificate can be trusted.
    const { promise, resolve } = Promise.withResolvers<Error>();
    const distrustful = openRedis(server.url, { ...NAME, onError: resolve });
    assert(/certificate/i.test((await promise).message), (await promise).message);
    await closeRedis(distrustful);
    const careless = openRedis(
      { port: server.port, tls: { rejectUnauthorized: false } },
      NAME,
    );
    assertEquals(await careless.ping(), "PONG");
    await closeRedis(careless);
  },
});

redisTest("duplicateRedis() connects to the same place", async (server) => {
  const client = openRedis(`${server.url}/5`, NAME);
  const other = duplicateRedis(client, { name: "paralog:other" });
  await other.set("key", "value");
  assertEquals(await client.get("key"), "value");
  assert((await server.command("CLIENT", "LIST")).includes("name=paralog:other"));
  await Promise.all([closeRedis(client), closeRedis(other)]);
});

redisTest("closeRedis() rejects what waits, blocked reads too", async (server) => {
  const client = openRedis(server.url, NAME);
  await client.ping();
  const read = client.xread("BLOCK", 0, "STREAMS", "nothing", "$");
  while (!(await server.command("CLIENT", "LIST")).includes("cmd=xread"));
  await closeRedis(client);
  await assertRejects(() => read, Error, "Connection is closed");
});

Deno.test("closeRedis() ends a client that pauses before its next try, and what waits in it", async () => {
  const client = openRedis({ port: unusedPort() }, NAME);
  const waiting = client.ping();
  await until(client, "reconnecting");
  await closeRedis(client);
  await assertRejects(() => waiting, Error, "Connection is closed");
  assertEquals(client.status, "end");
});

Deno.test("closeRedis() ends a client that has just been made", async () => {
  const client = openRedis({ port: unusedPort() }, NAME);
  const waiting = client.ping();
  await closeRedis(client);
  await assertRejects(() => waiting, Error, "Connection is closed");
});

Deno.test("closeRedis() ends a client that is about to connect again", async () => {
  const client = openRedis({ port: unusedPort() }, NAME);
  const waiting = client.ping();
  await until(client, "reconnecting");
  await new Promise<void>((resolve) => client.once("connecting", () => resolve()));
  assertEquals(client.status, "connecting");
  await closeRedis(client);
  await assertRejects(() => waiting, Error, "Connection is closed");
});

redisTest("closeRedis() ends a connection to a server that hangs", async (server) => {
  const client = openRedis(server.url, NAME);
  await client.ping();
  Deno.kill(server.pid, "SIGSTOP");
  const waiting = client.ping();
  await closeRedis(client);
  await assertRejects(() => waiting, Error, "Connection is closed");
});

Deno.test("closeRedis() ends a connection to a server that does not answer", async () => {
  await using server = new TcpServer({ split: silent });
  const client = openRedis({ port: server.port }, NAME);
  const waiting = client.ping();
  await server.until(({ connections }) => connections === 1);
  await closeRedis(client);
  await assertRejects(() => waiting, Error, "Connection is closed");
});

/** Reads what comes, and says nothing. */
async function* silent(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(1024);
  while (await conn.read(bytes) !== null) yield bytes;
}

/** Answers everything with a word that does for all of it. */
async function* pongs(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(4096);
  for (let length; (length = await conn.read(bytes)) !== null;) {
    const commands = new TextDecoder().decode(bytes.subarray(0, length)).match(/\*\d+\r\n/g) ?? [];
    await conn.write(new TextEncoder().encode("+PONG\r\n".repeat(commands.length)));
    yield bytes;
  }
}

/** Ends all connections but the one that says so, and waits until the client has noticed. */
async function cutConnections(
  server: { command(...args: string[]): Promise<string> },
  client: Redis,
): Promise<void> {
  const lost = new Promise<void>((resolve) => client.once("close", () => resolve()));
  await server.command("CLIENT", "KILL", "TYPE", "normal");
  await lost;
}

async function until(client: Redis, status: string): Promise<void> {
  while (client.status !== status) {
    await new Promise<void>((resolve) => client.once(status, () => resolve()));
  }
}
