/**
 * Which agents there are.
 *
 * @module
 */

import type { AgentInfo } from "../agent/agent_info.ts";
import { listAgents as readAgents } from "../agent/presence.ts";
import { closeRedis, describeAddress, openRedis } from "../redis/redis.ts";
import { describeRefusal, isRefusal } from "../redis/redis_rights.ts";
import { checkServer } from "../redis/redis_settings.ts";
import { PoolKeys } from "../wire/names.ts";
import { type BullmqOptions, checkBullmqOptions } from "./bullmq_options.ts";

/**
 * Lists the agents of a pool that were there within the last half minute.
 *
 * @param options Where Redis is, and which pool is meant.
 * @returns What each says of itself.
 * @throws {TypeError} If an option is unknown, or is no value of its kind.
 * @throws {RangeError} If a number is out of its range.
 * @throws {Error} If Redis can't be used.
 *
 * @example
 * ```ts ignore
 * import { Parallel } from "@paralog/paralog";
 * import { bullmq, listAgents } from "@paralog/paralog/bullmq";
 *
 * const connection = "redis://broker:6379";
 * const agents = await listAgents({ connection });
 * const slots = agents.reduce((sum, agent) => sum + agent.slots, 0);
 * const parallel = new Parallel(slots, { backend: bullmq({ connection }) }); // All cores of all machines.
 * ```
 */
export async function listAgents(options?: BullmqOptions): Promise<readonly AgentInfo[]> {
  const { connection, pool } = checkBullmqOptions(options);
  const keys = new PoolKeys(pool);
  const client = openRedis(connection, { name: "paralog:list" });
  try {
    const { obstacle } = await checkServer(client);
    if (obstacle !== undefined) throw new Error(obstacle);
    return await readAgents(client, keys);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const reason = describeRefusal(error, { connection, keys });
    throw new Error(`Cannot use Redis at ${describeAddress(connection)}: ${reason}`, {
      cause: error,
    });
  } finally {
    await closeRedis(client);
  }
}
