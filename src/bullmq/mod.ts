/**
 * Running calls on other machines: a backend on BullMQ and Redis. Agents, started with one command on each
 * machine, run what callers send them; results, errors, progress and records come back as from a local worker.
 *
 * Who can write to Redis can run code on the machines of the agents: read docs/distributed.md first.
 *
 * @example
 * ```ts ignore
 * import { delayed, Parallel } from "@paralog/paralog";
 * import { bullmq } from "@paralog/paralog/bullmq";
 * import { square } from "./tasks.ts";
 *
 * const parallel = new Parallel(16, { backend: bullmq({ connection: "redis://broker:6379" }) });
 * console.log(await parallel.run([1, 2, 3].map((x) => delayed(square)(x))));
 * ```
 *
 * @module
 */

import type { Backend } from "../parallel/backend.ts";
import { BullmqBackend } from "./caller/bullmq_backend.ts";
import type { BullmqOptions } from "./caller/bullmq_options.ts";

export { AgentRefusalError } from "./caller/agent_refusal_error.ts";
export { listAgents } from "./caller/list_agents.ts";
export type { AgentInfo } from "./agent/agent_info.ts";
export type { BullmqOptions } from "./caller/bullmq_options.ts";
export type { RedisClient, RedisConnection } from "./redis/redis.ts";
export type { RedisAddress, RedisTls } from "./redis/redis_address.ts";
export { PayloadTooLongError } from "./wire/payload.ts";

/**
 * Makes the backend that runs calls on the agents of a pool. `nJobs` of its `Parallel` says how many batches are
 * under way at once; -1 counts the cores of this machine, not those of the agents.
 *
 * @param options Where Redis is, and which agents are meant.
 * @returns The backend. It connects when a run begins, and closes its connections with the last worker.
 * @throws {TypeError} If an option is unknown, or is no value of its kind.
 * @throws {RangeError} If a number is out of its range.
 */
export function bullmq(options?: BullmqOptions): Backend {
  return new BullmqBackend(options);
}
