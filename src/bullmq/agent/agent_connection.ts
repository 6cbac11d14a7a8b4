/**
 * Where an agent finds Redis: on its command line, or in its environment.
 *
 * @module
 */

import { inspect } from "../../logging/text/inspect.ts";
import { checkConnection, type RedisConnection } from "../redis/redis.ts";
import { checkAddress, type RedisTls } from "../redis/redis_address.ts";

/** Variables of the environment; `Deno.env` is one. */
export interface Environment {
  /** Gives the value of a variable. */
  get(name: string): string | undefined;
  /** Takes a variable out of it. */
  delete(name: string): void;
}

/** What a command line says of Redis. */
export interface ConnectionArguments {
  /** The URL. */
  readonly redis: string | undefined;
  /** Files of TLS, by what is in them. */
  readonly tls: { readonly [Name in "ca" | "cert" | "key"]: string | undefined };
}

/** Where the URL may stand: tasks must not see the password in it. The first one is for agents alone. */
const VARIABLES = ["PARALOG_REDIS_URL", "REDIS_URL"] as const;

/**
 * Finds out where Redis is.
 *
 * @param given What the command line says.
 * @param env The environment; what is read is taken out of it.
 * @returns Where Redis is; by default on this machine.
 * @throws {RangeError} If it can't be told, or a file can't be read.
 */
export function readConnection(given: ConnectionArguments, env: Environment): RedisConnection {
  const own = take(env, VARIABLES[0]);
  // Where it is not needed it is left: tasks may have a Redis of their own.
  const shared = given.redis === undefined && own === undefined ? take(env, VARIABLES[1]) : own;
  const source = given.redis !== undefined
    ? "--redis"
    : own !== undefined
    ? VARIABLES[0]
    : VARIABLES[1];
  const tls = readFiles(given.tls);
  try {
    const connection = checkConnection(given.redis ?? shared);
    if (!tls || "duplicate" in connection) return connection;
    // Who gives a certificate wants it to be used, also where the URL says redis://.
    return checkAddress({ ...connection, tls });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new RangeError(`${source}: ${error.message}`, { cause: error });
  }
}

function take(env: Environment, name: string): string | undefined {
  try {
    const value = env.get(name);
    if (value !== undefined) env.delete(name);
    return value === "" ? undefined : value;
  } catch (error) {
    // What the agent may not see, its tasks may not see either.
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function readFiles(files: ConnectionArguments["tls"]): RedisTls | undefined {
  const read = Object.entries(files).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readText(`--tls-${name}`, path)]]
  );
  return read.length > 0 ? Object.fromEntries(read) : undefined;
}

function readText(name: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`${name} is ${inspect(path)}, which can't be read: ${reason}`, { cause });
  }
}
