import { assert, assertEquals, assertMatch } from "@std/assert";
import { closeRedis, openRedis, type RedisConnection } from "../../src/bullmq/redis/redis.ts";
import { checkServer, type ServerCheck } from "../../src/bullmq/redis/redis_settings.ts";
import { makeCertificate } from "../support/certificate.ts";
import { needsRedis, redisTest, startRedis } from "../support/redis_server.ts";
import { TcpServer, unusedPort } from "../support/tcp_server.ts";

redisTest("checkServer() finds nothing where all is well", async (server) => {
  assertEquals(await check(server.url), { warnings: [] });
}, { appendonly: true });

redisTest("checkServer() names each setting that is wrong, and how to set it", async (server) => {
  await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  const { obstacle, warnings } = await check(server.url);
  assertEquals(obstacle, undefined);
  assertEquals(warnings.length, 2);
  assertMatch(String(warnings[0]), /allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
  assertMatch(String(warnings[1]), /CONFIG SET appendonly yes/);
  for (const line of warnings.join(" ").match(/CONFIG SET [\w-]+ \w+/g) ?? []) {
    assertEquals(await server.command(...line.split(" ")), "OK");
  }
  await untilWritten(server);
  assertEquals(await check(server.url), { warnings: [] });
});

redisTest("checkServer() says what to do about passwords and permissions", async (server) => {
  const { port } = server;
  const found: [RedisConnection, RegExp][] = [
    [{ port }, /wants a password: give it in the URL/],
    [{ port, password: "secret", username: "nobody" }, /username or the password is wrong/],
    [{ port, password: "secret", username: "ada" }, /may not do what is needed: .*ACL SETUSER/],
  ];
  for (const [connection, text] of found) {
    const { obstacle, warnings } = await check(connection);
    assertMatch(obstacle ?? "", text);
    assert(obstacle?.startsWith(`Cannot use Redis at 127.0.0.1:${port}/0: `), obstacle);
    assertEquals(warnings, []);
  }
}, { acl: ["user default off", "user ada on >secret ~* &* +@all -info"] });

redisTest("checkServer() refuses a replica, and names its master", async (server) => {
  await server.command("REPLICAOF", "127.0.0.1", unusedPort());
  const { obstacle } = await check(server.url);
  assertMatch(obstacle ?? "", /it is a replica.*connect to its master, 127\.0\.0\.1:\d+/);
});

redisTest("checkServer() refuses a node of a Redis Cluster", async (server) => {
  assertMatch((await check(server.url)).obstacle ?? "", /node of a Redis Cluster/);
}, { args: ["--cluster-enabled", "yes"] });

for (
  const [version, more, obstacle] of [
    ["6.0.16", "", /it is version 6\.0\.16, needed is 6\.2 or newer/],
    ["5.0.7", "", /it is version 5\.0\.7/],
    ["6.2.0", "", undefined],
    ["10.0.1", "", undefined],
    ["7.2.4", "server_name:valkey\r\nvalkey_version:8.0.1\r\n", undefined],
  ] as const
) {
  Deno.test(`checkServer() ${obstacle ? "refuses" : "takes"} version ${version}${more && " of Valkey"}`, async () => {
    await using server = serveInfo(`redis_version:${version}\r\n${more}aof_enabled:1\r\n`);
    const found = await check({ port: server.port });
    assertMatch(found.obstacle ?? "", obstacle ?? /^$/);
    assertEquals(found.warnings, []);
  });
}

Deno.test("checkServer() warns where Redis can't write to its disk", async () => {
  await using server = serveInfo("redis_version:7.0.0\r\nrdb_last_bgsave_status:err\r\n");
  assertMatch((await check({ port: server.port })).warnings.join(), /could not write to its disk/);
});

Deno.test("checkServer() gives up in time where nobody listens, and leaves nothing behind", async () => {
  const { obstacle } = await check({ port: unusedPort() }, 200);
  assertMatch(obstacle ?? "", /nobody listens there: start redis-server/);
});

Deno.test({
  name: "checkServer() says at once which permission the program lacks",
  permissions: { env: true, read: true, sys: true },
  async fn() {
    const { obstacle } = await check({ port: 6379 });
    assertMatch(obstacle ?? "", /--allow-net/);
  },
});

Deno.test("checkServer() gives up in time where nobody answers", async () => {
  await using server = new TcpServer({ split: silent });
  const { obstacle } = await check({ port: server.port }, 200);
  assertMatch(obstacle ?? "", /it does not answer/);
});

Deno.test("checkServer() gives up in time while Redis loads its data", async () => {
  await using server = serveInfo(
    "redis_version:7.0.0\r\nloading:1\r\nloading_eta_seconds:0.01\r\n",
  );
  const { obstacle } = await check({ port: server.port }, 200);
  assertMatch(obstacle ?? "", /still be loading its data/);
  await new Promise((resolve) => setTimeout(resolve, 50)); // ioredis asks once more, and is told no.
});

redisTest("checkServer() waits for a server that is being started", async (server) => {
  await server.stop();
  const client = openRedis(server.url, { name: "paralog:test" });
  const checked = checkServer(client);
  await new Promise<void>((resolve) => client.once("reconnecting", () => resolve()));
  await server.restart();
  assertEquals((await checked).obstacle, undefined);
  await closeRedis(client);
});

redisTest("checkServer() says when a client was closed", async (server) => {
  const client = openRedis(server.url, { name: "paralog:test" });
  await closeRedis(client);
  assertMatch((await checkServer(client)).obstacle ?? "", /the connection was closed/);
});

Deno.test({
  ...needsRedis("checkServer() names encryption where one side only wants it"),
  async fn() {
    await using encrypted = await startRedis({ tls: await makeCertificate() });
    const { port } = encrypted;
    assertMatch((await check({ port }, 300)).obstacle ?? "", /rediss:/);
    assertMatch(
      (await check({ port, tls: true }, 300)).obstacle ?? "",
      /encrypted connection failed/,
    );
    await using open = await startRedis();
    assertMatch((await check({ port: open.port, tls: true }, 300)).obstacle ?? "", /rediss:/);
  },
});

Deno.test({
  ...needsRedis("checkServer() says at once where Redis wants a certificate of its clients"),
  async fn() {
    const { cert, key } = await makeCertificate();
    await using folder = await folderWith(cert);
    const args = ["--tls-auth-clients", "yes", "--tls-ca-cert-file", folder.file];
    await using server = await startRedis({ tls: { cert, key }, args });
    const { port } = server;
    for (let time = 1; time <= 5; time++) {
      const { obstacle } = await check({ port, tls: { ca: cert } });
      assertMatch(
        obstacle ?? "",
        /wants a certificate of each client.*tls\.cert.*--tls-cert and --tls-key/,
      );
    }
    const { obstacle } = await check({ port, tls: { ca: cert, ...await makeCertificate() } }, 300);
    assertMatch(obstacle ?? "", /one of your own that it accepts as tls\.cert and tls\.key/);
    assertEquals((await check({ port, tls: { ca: cert, cert, key } })).obstacle, undefined);
  },
});

/** A folder with one file. */
async function folderWith(text: string): Promise<AsyncDisposable & { file: string }> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/ca.pem`;
  await Deno.writeTextFile(file, text);
  return { file, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

async function check(connection: RedisConnection, timeout?: number): Promise<ServerCheck> {
  const client = openRedis(connection, { name: "paralog:test" });
  try {
    return await checkServer(client, { timeout });
  } finally {
    await closeRedis(client);
  }
}

/** Redis rewrites its log first when it is told to keep one. */
async function untilWritten(server: { command(...args: string[]): Promise<string> }) {
  while (!(await server.command("INFO", "persistence")).includes("aof_rewrite_in_progress:0"));
}

/** Redis, as far as INFO goes: what it says to everything, in its old protocol, too. */
function serveInfo(info: string): TcpServer {
  return new TcpServer({ split: (conn) => answer(conn, info) });
}

async function* answer(conn: Deno.Conn, info: string): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(4096);
  for (let length; (length = await conn.read(bytes)) !== null;) {
    const commands = new TextDecoder().decode(bytes.subarray(0, length));
    for (const [, name = ""] of commands.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
      const text = name.toLowerCase() === "info" ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n";
      await conn.write(new TextEncoder().encode(text));
    }
    yield bytes;
  }
}

/** Reads what comes, and says nothing. */
async function* silent(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  const bytes = new Uint8Array(1024);
  while (await conn.read(bytes) !== null) yield bytes;
}
