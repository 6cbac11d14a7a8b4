/** What the tests of Settlements share: callers that add jobs and wait for them, and who takes them. */

import { assertEquals } from "@std/assert";
import {
  type Settlement,
  Settlements,
  type SettlementsOptions,
} from "../../src/bullmq/caller/settlements.ts";
import {
  lastEventOf,
  openEvents,
  openQueue,
  type PoolEvents,
  type PoolQueue,
} from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { openEchoAgent } from "./echo_agent.ts";
import type { RedisServer } from "./redis_server.ts";
import { RunningProgram } from "./running_program.ts";

/** After all events that there will ever be. */
const DEAF = "99999999999999-0";

/** What a caller has. */
export interface Caller extends AsyncDisposable {
  readonly keys: PoolKeys;
  readonly client: Redis;
  readonly queue: PoolQueue;
  readonly events: PoolEvents;
  readonly settlements: Settlements;
  /** Adds jobs that hold the texts, and begins to wait for them. */
  run(texts: readonly string[]): Promise<Promise<Settlement>[]>;
}

/** Opens a caller; a deaf one gets no events. */
export async function openCaller(
  { url }: RedisServer,
  { isDeaf = false, ...options }: Partial<SettlementsOptions> & { isDeaf?: boolean } = {},
): Promise<Caller> {
  const keys = new PoolKeys("test");
  const client = openRedis(url, { name: "caller" });
  const queue = openQueue(keys, { client });
  const after = isDeaf ? DEAF : await lastEventOf(keys, client);
  const events = openEvents(keys, { client, after });
  const settlements = new Settlements({ keys, client, events, ...options });
  return {
    ...{ keys, client, queue, events, settlements },
    run: async (texts) => {
      const ids = texts.map((_, index) => `run.${index}.1`);
      const all = ids.map((id) => settlements.expect(id));
      await queue.addBulk(texts.map((body, index) => ({
        name: "batch",
        data: { protocol: 1, version: "0", run: "run", head: "", body },
        opts: { jobId: ids[index] },
      })));
      for (const id of ids) settlements.added(id);
      return all;
    },
    [Symbol.asyncDispose]: async () => {
      await settlements[Symbol.asyncDispose]();
      await events.close();
      await queue.close();
      await closeRedis(client);
    },
  };
}

/** Takes the jobs in this program. */
export function openAgent({ url }: RedisServer): AsyncDisposable {
  const client = openRedis(url, { name: "agent" });
  const worker = openEchoAgent(new PoolKeys("test"), client);
  return {
    [Symbol.asyncDispose]: async () => {
      await worker.close(true);
      await closeRedis(client);
    },
  };
}

/** Takes the jobs in a program of its own. */
export function startAgent({ url }: RedisServer): RunningProgram {
  return new RunningProgram([
    "run",
    "-A",
    "--no-check",
    "tests/support/echo_agent.ts",
    url,
    "test",
  ]);
}

/** So many texts. */
export function textsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `text ${index}`);
}

/** Checks that each job gave back its own text. */
export async function assertEchoed(all: readonly Promise<Settlement>[], texts: readonly string[]) {
  assertEquals(
    await Promise.all(all),
    texts.map((body): Settlement => ({ kind: "completed", result: { protocol: 1, body } })),
  );
}
