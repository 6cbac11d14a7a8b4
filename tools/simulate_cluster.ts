/**
 * How much one Redis has to do for a pool of many agents. A redis-server, stand-ins for the agents (all that an
 * agent says to Redis, with a timer in place of its child processes), and a real caller:
 *
 *     deno run -A tools/simulate_cluster.ts [--agents=1000] [--slots=2] [--call-ms=1000] [--seconds=20]
 *       [--records=1] [--batch-size=auto] [--idle-seconds=12] [--restart] [--json]
 *
 * With `--restart`, Redis is restarted after half of the time.
 *
 * docs/distributed.md has its numbers, and what follows from them.
 */

import { getLogger, NullHandler, Parallel } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { parseArgs } from "@std/cli/parse-args";
import process from "node:process";
import { closeRedis, openRedis, type Redis } from "../src/bullmq/redis/redis.ts";
import { startRedis } from "../tests/support/redis_server.ts";
import type { AgentsOptions } from "./cluster/agents.ts";
import { countsOf, fieldOf, loadBetween, type RedisLoad } from "./cluster/redis_load.ts";
import { echo } from "./cluster/tasks.ts";

/** What is simulated. */
interface Plan {
  readonly agents: number;
  readonly slots: number;
  readonly callMs: number;
  readonly seconds: number;
  readonly records: number;
  readonly batchSize: number | "auto";
  /** How long is looked at what is to be done while nothing is to be done. */
  readonly idleSeconds: number;
  /** Whether Redis is restarted in the middle. */
  readonly restart: boolean;
}

/** What was measured. */
interface Measured {
  readonly plan: Plan;
  /** Connections of an agent. */
  readonly connections: number;
  /** While nothing was to be done. */
  readonly idle: RedisLoad;
  /** While calls ran. */
  readonly busy: RedisLoad;
  readonly calls: number;
  readonly batches: number;
  /** In bytes: when all agents were up, and the most while calls ran. */
  readonly memory: { readonly idle: number; readonly peak: number };
  /** How long this program had a core while calls ran, in microseconds. */
  readonly callerCpu: number;
}

const POOL = "simulation";

/** Starts the stand-ins, and waits until all are up. They end with what is returned. */
async function startAgents(options: AgentsOptions): Promise<AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./cluster/agents.ts", import.meta.url).href],
    env: { AGENTS: JSON.stringify(options) },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("the agents have ended: see stderr");
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

/** Runs as many calls as keep all slots busy for the time. */
async function runCalls(plan: Plan, url: string): Promise<{ calls: number; batches: number }> {
  const { agents, slots, callMs, seconds, batchSize } = plan;
  const calls = Math.ceil(agents * slots * seconds * 1000 / Math.max(callMs, 1));
  const nJobs = Math.ceil(1.2 * agents * slots); // Some wait in Redis, so that no slot is empty.
  const backend = bullmq({ connection: url, pool: POOL });
  const parallel = new Parallel(nJobs, { backend, batchSize });
  function* numbers() {
    for (let n = 0; n < calls; n++) yield n;
  }
  const results = await parallel.map(echo, numbers());
  if (results.some((result, n) => result !== n)) throw new Error("a result is wrong");
  return { calls, batches: parallel.stats.allWorkers.batches };
}

async function measure(plan: Plan): Promise<Measured> {
  const { agents, slots, callMs, records, seconds, idleSeconds } = plan;
  await using server = await startRedis({ appendonly: true, args: ["--appendfsync", "everysec"] });
  const client = openRedis(server.url, { name: "simulation" });
  await using things = new AsyncDisposableStack();
  things.defer(() => closeRedis(client));
  const clients = async () => fieldOf(await client.info("clients"), "connected_clients");
  const before = await clients();
  const options = { url: server.url, pool: POOL, agents, slots, callMs, records };
  things.use(await startAgents(options));
  const idle = await loadOf(
    client,
    () => new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000)),
  );
  const connections = (await clients() - before) / agents;
  const idleMemory = fieldOf(await client.info("memory"), "used_memory");
  await client.config("RESETSTAT");
  const cpu = cpuOf();
  const restart = plan.restart ? setTimeout(() => server.restart(), 500 * seconds) : undefined;
  let ran = { calls: 0, batches: 0 };
  const busy = await loadOf(client, async () => ran = await runCalls(plan, server.url));
  clearTimeout(restart);
  const callerCpu = cpuOf() - cpu;
  const peak = fieldOf(await client.info("memory"), "used_memory_peak");
  return { plan, connections, idle, busy, ...ran, memory: { idle: idleMemory, peak }, callerCpu };
}

async function loadOf(client: Redis, act: () => Promise<unknown>): Promise<RedisLoad> {
  const before = countsOf(await client.info());
  await act();
  return loadBetween(before, countsOf(await client.info()));
}

/** How long this program had a core so far, in microseconds. */
function cpuOf(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What was measured, as lines to read. */
function describe(measured: Measured): string {
  const { plan, connections, idle, busy, calls, batches, memory, callerCpu } = measured;
  const aBatch = (value: number, digits = 0) => (value / batches).toFixed(digits);
  const perAgent = (value: number) => (value / plan.agents / idle.seconds).toFixed(1);
  const cores = (microseconds: number, seconds: number) =>
    `${(microseconds / seconds / 1e4).toFixed(1)} %`;
  const rate = (count: number) => `${Math.round(count / busy.seconds)} a second`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const { agents, slots, callMs, records } = plan;
  return [
    `${agents} agents with ${slots} slots, calls of ${callMs} ms that log ${records} records`,
    `connections of an agent  ${connections.toFixed(1)}`,
    `an idle agent            ${perAgent(idle.commands)} commands and ` +
    `${perAgent(idle.received + idle.sent)} bytes a second`,
    `Redis, all of them idle  ${cores(idle.cpu, idle.seconds)} of a core, ${
      megabytes(memory.idle)
    }`,
    `calls                    ${calls} in ${busy.seconds.toFixed(1)} s, ${rate(calls)}`,
    `batches                  ${batches}, ${rate(batches)}`,
    `Redis meanwhile          ${cores(busy.cpu, busy.seconds)} of a core, ${
      megabytes(memory.peak)
    } at most`,
    `Redis, a batch           ${aBatch(busy.cpu)} us, ${aBatch(busy.commands, 1)} commands, ` +
    `${aBatch(busy.received)} bytes in, ${aBatch(busy.sent)} bytes out, ${
      aBatch(busy.logged)
    } bytes on disk`,
    `the caller, a batch      ${aBatch(callerCpu)} us`,
  ].join("\n");
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["agents", "slots", "call-ms", "seconds", "records", "batch-size", "idle-seconds"],
    boolean: ["json", "restart"],
  });
  getLogger("app").addHandler(new NullHandler());
  getLogger("app").propagate = false;
  const size = flags["batch-size"] ?? "auto";
  const measured = await measure({
    agents: Number(flags.agents ?? 1000),
    slots: Number(flags.slots ?? 2),
    callMs: Number(flags["call-ms"] ?? 1000),
    seconds: Number(flags.seconds ?? 20),
    records: Number(flags.records ?? 1),
    batchSize: size === "auto" ? size : Number(size),
    idleSeconds: Number(flags["idle-seconds"] ?? 12),
    restart: flags.restart,
  });
  console.log(flags.json ? JSON.stringify(measured) : describe(measured));
}
