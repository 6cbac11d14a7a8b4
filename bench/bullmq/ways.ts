/**
 * The ways to run calls behind Redis that the figures of BullMQ compare.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { hasRedis, startRedis } from "../../tests/support/redis_server.ts";
import { denoWay, runWay, type Way } from "../calls/ways.ts";
import type { Peer } from "../harness/figure.ts";
import { NpmPeer } from "../harness/peers.ts";
import { askProgram } from "../harness/program.ts";
import type { RedisInput } from "./work.ts";

/** Redis itself, without which nothing of this can be measured. */
const REDIS: Peer = {
  name: "Redis",
  obstacle: () =>
    Promise.resolve(
      hasRedis ? undefined : 'there is no redis-server on PATH; try "apt-get install redis-server"',
    ),
  version: async () =>
    / v=(\S+)/.exec(await askProgram("redis-server", "--version") ?? "")?.[1] ?? "",
};

/** BullMQ as this project uses it, in Deno. */
const BULLMQ: Peer = {
  name: "BullMQ",
  obstacle: REDIS.obstacle,
  version: () => {
    const [bullmq, ioredis] = [config.imports.bullmq, config.imports.ioredis].map(versionOf);
    return Promise.resolve(`${bullmq} (ioredis ${ioredis}), in Deno`);
  },
};

const PACKAGE = new NpmPeer("bullmq", ["ioredis"]);

/** BullMQ in Node, installed as the other peers are. */
const BULLMQ_IN_NODE: Peer = {
  name: "BullMQ in Node",
  obstacle: async (signal) => await REDIS.obstacle(signal) ?? await PACKAGE.obstacle(signal),
  version: () => PACKAGE.version(),
};

/** The version in "npm:bullmq@6.7.0". */
function versionOf(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}

/**
 * A way that needs nothing but Redis.
 *
 * @param name The name of the row.
 * @param program Where the program is in bench/.
 * @param input What it is told besides.
 * @returns The way.
 */
export function redisWay(name: string, program: string, input: object = {}): Way {
  return { ...denoWay(name, program, input), peer: REDIS };
}

/**
 * A way of plain BullMQ.
 *
 * @param name The name of the row.
 * @param program Where the program is in bench/.
 * @param input What it is told besides.
 * @returns The way.
 */
export function plainWay(name: string, program: string, input: object): Way {
  return { ...denoWay(name, program, input), peer: BULLMQ };
}

/**
 * The same where BullMQ's authors run it.
 *
 * @param way A way of plain BullMQ.
 * @param program Where the program is in bench/.
 * @returns The way, with Node.
 */
export function inNode(way: Way, program: string): Way {
  return {
    ...way,
    peer: BULLMQ_IN_NODE,
    command: () => ["node", fileURLToPath(new URL(`../${program}`, import.meta.url))],
  };
}

/**
 * Runs a program beside a redis-server of its own, on loopback, which keeps nothing on disk.
 *
 * @param way The way.
 * @param options What it is to do, and until when.
 * @returns What it printed.
 * @throws {Error} If it fails: also if it found a wrong result.
 */
export async function runWithRedis<Output>(
  way: Way,
  { input, signal }: { input: object; signal: AbortSignal },
): Promise<Output> {
  await using server = await startRedis();
  const redis: RedisInput = { url: server.url, redis: server.pid };
  return (await runWay<Output>(way, { input: { ...input, ...redis }, signal })).output;
}
