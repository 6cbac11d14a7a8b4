/**
 * The options of the backend.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import { checkConnection, type RedisConnection } from "../redis/redis.ts";
import { checkMaxPayload } from "../wire/payload.ts";
import { checkPoolName, DEFAULT_POOL } from "../wire/names.ts";

/** Options of {@linkcode bullmq}. */
export interface BullmqOptions {
  /**
   * Where Redis is: a URL (`redis://…`; `rediss://…` with TLS), an object, or a client of ioredis, which says how to
   * connect and is not used itself.
   *
   * @default "redis://127.0.0.1:6379"
   */
  readonly connection?: RedisConnection;
  /**
   * Which agents run the calls: those that were started with the same `--pool`.
   *
   * @default "default"
   */
  readonly pool?: string;
  /**
   * The longest batch, in bytes as it is in Redis. What is longer is sent as several; a call that is longer alone
   * fails. Agents have a limit of their own for batches and for results, `--max-payload`.
   *
   * @default 16777216
   */
  readonly maxPayload?: number;
}

/** The options, checked and complete. */
export interface BullmqPlan {
  readonly connection: ReturnType<typeof checkConnection>;
  readonly pool: string;
  readonly maxPayload: number;
}

const WHAT = "make a bullmq backend";

/**
 * Checks the options.
 *
 * @param options What was given.
 * @returns All of them.
 * @throws {TypeError} If one is unknown, or is no value of its kind.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkBullmqOptions(options: BullmqOptions = {}): BullmqPlan {
  checkOptionNames(WHAT, options, ["connection", "pool", "maxPayload"]);
  const { connection, pool = DEFAULT_POOL, maxPayload } = options;
  return {
    connection: checkConnection(connection),
    pool: checkPoolName(pool),
    maxPayload: checkMaxPayload(maxPayload),
  };
}
