/** A user of Redis that lacks a right: what callers and agents say then. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { delayed, Parallel } from "@paralog/paralog";
import { bullmq, listAgents } from "@paralog/paralog/bullmq";
import { closeRedis, openRedis } from "../../src/bullmq/redis/redis.ts";
import { firstRefusal } from "../../src/bullmq/redis/redis_rights.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { startAgent } from "../support/agents.ts";
import { type RedisServer, redisTest } from "../support/redis_server.ts";
import { type Ran, runDeno } from "../support/run_deno.ts";
import { logNumber } from "../support/remote_tasks.ts";

const RIGHTS = "+@all -@admin -@dangerous +info";
const OWN = "~{paralog:reports}:* &{paralog:reports}:*";

/** As docs/distributed.md has them; the others lack something. */
const USERS = {
  ada: `${OWN} ${RIGHTS}`,
  unheard: `~{paralog:reports}:* resetchannels ${RIGHTS}`,
  unread: `${OWN} ${RIGHTS} -xadd`,
  deaf: `${OWN} ${RIGHTS} -subscribe`,
};

const acl = [
  "user default on nopass ~* &* +@all",
  ...Object.entries(USERS).map(([name, rights]) => `user ${name} on >secret ${rights}`),
];

const urlOf = ({ port }: RedisServer, user: string) => `redis://${user}:secret@127.0.0.1:${port}`;

/** A caller, and what it rejects with. */
async function callAs(connection: string, pool: string): Promise<string> {
  const parallel = new Parallel(2, { backend: bullmq({ connection, pool }) });
  return (await assertRejects(() => parallel.run([delayed(logNumber)(1)]), Error)).message;
}

function runAgent(redis: string, pool: string): Promise<Ran> {
  const main = "src/bullmq/agent/main.ts";
  return runDeno(["run", "-A", "--no-check", main, "--allow-module=./", `--pool=${pool}`], {
    env: { PARALOG_REDIS_URL: redis },
  });
}

for (
  const [user, pool, refused] of [
    ["ada", "other", /it refuses EVAL \{paralog:other\}:rights \(NOPERM .+\)/],
    ["unheard", "reports", /it refuses PUBLISH \{paralog:reports\}:control \(NOPERM .+\)/],
    ["unread", "reports", /it refuses XADD \{paralog:reports\}:rights \(NOPERM .+\)/],
  ] as const
) {
  redisTest(`agent and caller name what user ${user} of pool ${pool} lacks`, async (server) => {
    const url = urlOf(server, user);
    const line = `ACL SETUSER ${user} ~{paralog:${pool}}:* &{paralog:${pool}}:* ${RIGHTS}`;
    const said = await callAs(url, pool);
    assertMatch(said, refused);
    assert(said.endsWith(line), said);
    const { code, stderr } = await runAgent(url, pool);
    assertEquals(code, 1, stderr);
    assertMatch(stderr, refused);
    const [last = ""] = stderr.trimEnd().split("\n").slice(-1);
    assertStringIncludes(last, "CRITICAL paralog.agent Cannot use Redis at ");
    assert(last.endsWith(line), stderr);
    assert(!stderr.includes("    at ") && !stderr.includes("secret"), stderr);
    // What is recommended is enough.
    await server.command(...line.split(" "));
    await using _agent = await startAgent({ redis: url, args: [`--pool=${pool}`] });
    const parallel = new Parallel(2, { backend: bullmq({ connection: url, pool }) });
    assertEquals(await parallel.map(logNumber, [1, 2]), [1, 2]);
  }, { acl, appendonly: true });
}

redisTest("an agent that may not listen to its callers says so without a stack", async (server) => {
  const { code, stderr } = await runAgent(urlOf(server, "deaf"), "reports");
  assertEquals(code, 1, stderr);
  assertMatch(stderr, /CRITICAL paralog\.agent Cannot use Redis at .+ it refuses SUBSCRIBE \{/);
  assert(!stderr.includes("    at "), stderr);
}, { acl, appendonly: true });

redisTest("listAgents() names what the user lacks", async (server) => {
  const options = { connection: urlOf(server, "ada"), pool: "other" };
  const { message } = await assertRejects(() => listAgents(options), Error);
  assertMatch(message, /it refuses HGETALL \{paralog:other\}:agents .+ACL SETUSER ada ~/);
  assertEquals(await listAgents({ ...options, pool: "reports" }), []);
}, { acl });

redisTest("the rehearsal is understood, and neither leaves nor tells anything", async (server) => {
  const keys = new PoolKeys("reports");
  const client = openRedis(urlOf(server, "ada"), { name: "paralog:test" });
  await client.ping(); // What ioredis itself asks for at first, this server may not know.
  const before = await server.command("INFO", "errorstats");
  assertEquals(await firstRefusal(client, keys), undefined);
  assertEquals(await server.command("DBSIZE"), "0");
  const stats = await server.command("INFO", "commandstats");
  assert(!stats.includes("cmdstat_publish"), stats);
  // Each command was known, and had as many arguments as it takes.
  assertEquals(await server.command("INFO", "errorstats"), before);
  await closeRedis(client);
}, { acl });
