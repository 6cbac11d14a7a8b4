/**
 * Whether the user of a connection may do what a pool needs.
 *
 * @module
 */

import type { PoolKeys } from "../wire/names.ts";
import { checkConnection, type Redis, type RedisConnection } from "./redis.ts";

/** Whom a sentence about rights is about. */
export interface RightsOptions {
  /** Where Redis is, and as which user. */
  readonly connection: RedisConnection;
  /** The names of the pool; by default all pools are meant. */
  readonly keys?: PoolKeys;
}

/**
 * What callers, agents and BullMQ's scripts do with keys: a command, and what follows its key. The first one
 * makes a hash, the last one removes it: see {@linkcode firstRefusal}.
 */
const COMMANDS = [
  ["HINCRBY", "field", "1"],
  ...[["HDEL", "other"], ["HEXISTS", "field"], ["HGET", "field"], ["HGETALL"], ["HLEN"]],
  ...[["HMGET", "field"], ["HMSET", "field", "1"], ["HSET", "field", "1"]],
  ...[["XADD", "*", "field", "1"], ["XRANGE", "-", "+"], ["XREVRANGE", "+", "-"]],
  ...[["XTRIM", "MAXLEN", "1"]],
  ...[["LLEN"], ["LPUSH", "1"], ["LRANGE", "0", "0"], ["LREM", "0", "1"], ["LTRIM", "0", "0"]],
  ...[["SADD", "1"], ["SCARD"], ["SMEMBERS"], ["SREM", "1"]],
  ...[["ZADD", "0", "1"], ["ZCARD"], ["ZPOPMIN"], ["BZPOPMIN", "1"], ["ZRANGE", "0", "0"]],
  ...[["ZRANGEBYSCORE", "0", "0"], ["ZREM", "1"], ["ZREMRANGEBYRANK", "0", "0"], ["ZSCORE", "1"]],
  ...[["ZREMRANGEBYSCORE", "0", "0"], ["ZREVRANGE", "0", "0"], ["ZREVRANGEBYSCORE", "0", "0"]],
  ...[["EXISTS"], ["EXPIRE", "1"], ["PEXPIRE", "1000"], ["PTTL"], ["GET"], ["MGET"], ["INCR"]],
  ...[["SET", "1", "PX", "1000"], ["DEL"], ["UNLINK"]],
] as const;

/**
 * Rehearses what a pool needs: Redis looks at the rights when a command is put into a transaction, and the
 * transaction is given up. Should it ever be run even so, it leaves nothing.
 *
 * @param client A connection that nobody else uses at the moment.
 * @param keys The names of the pool.
 * @returns The first error that says NOPERM; `undefined` if there is none.
 */
export async function firstRefusal(client: Redis, keys: PoolKeys): Promise<Error | undefined> {
  const key = `${keys.prefix}:rights`;
  const commands: readonly (readonly [string, ...string[]])[] = [
    ["MULTI"],
    ["TIME"],
    ["EVAL", "return 0", "1", key],
    ["EVALSHA", "0".repeat(40), "1", key],
    ["XREAD", "COUNT", "1", "STREAMS", key, "0"],
    ["PUBLISH", keys.control, ""], // What is empty, agents do not understand.
    ...COMMANDS.map(([command, ...rest]) => [command, key, ...rest] as const),
    ["DISCARD"],
  ];
  const sent = commands.map(([command, ...args]) => client.call(command, ...args));
  const replies = await Promise.allSettled(sent);
  const refused = replies.find((reply) => reply.status === "rejected" && isRefusal(reply.reason));
  return refused?.status === "rejected" ? refused.reason : undefined;
}

/**
 * Whether an error is Redis' own for a right that is missing.
 *
 * @param error What a command was rejected with.
 */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith("NOPERM");
}

/**
 * Says what Redis has refused, and which rights the user needs.
 *
 * @param error What a command was rejected with.
 * @param options Who the user is, and of which pool.
 * @returns The end of a sentence that begins with where Redis is.
 */
export function describeRefusal(error: Error, { connection, keys }: RightsOptions): string {
  const prefix = keys?.prefix ?? "{paralog:*}";
  const refused = commandOf(error, prefix);
  return `its user may not do what is needed: ${refused && `it refuses ${refused} `}` +
    `(${error.message}). Give the user these rights: ` +
    `ACL SETUSER ${userOf(connection)} ~${prefix}:* &${prefix}:* +@all -@admin -@dangerous +info`;
}

/** The command, and the key or channel, as ioredis adds them to the error. */
function commandOf(error: Error, prefix: string): string {
  const command: unknown = Reflect.get(error, "command");
  if (typeof command !== "object" || command === null) return "";
  const { name, args } = command as { name?: unknown; args?: unknown };
  if (typeof name !== "string") return "";
  const place = Array.isArray(args) && args.map(String).find((arg) => arg.startsWith(prefix));
  return place ? `${name.toUpperCase()} ${place}` : name.toUpperCase();
}

function userOf(connection: RedisConnection): string {
  const checked = checkConnection(connection);
  const name: unknown = Reflect.get("duplicate" in checked ? checked.options : checked, "username");
  return typeof name === "string" && name !== "" ? name : "default";
}
