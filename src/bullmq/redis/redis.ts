/**
 * The adapter of ioredis: the only file that imports it.
 *
 * @module
 */

import { Redis } from "ioredis";
import { inspect } from "../../logging/text/inspect.ts";
import { checkAddress, describePlace, type RedisAddress } from "./redis_address.ts";

export type { Redis };

/**
 * A client of ioredis that the program has made, with whichever copy of it. It is never used itself, and never
 * closed: it says how to connect.
 */
export interface RedisClient {
  /** How it connects. */
  readonly options: object;
  /** Makes another client that connects as this one does. */
  duplicate(override?: object): object;
}

/**
 * Where Redis is: a URL (`redis://…`, or `rediss://…` for an encrypted connection), an object, or a client of
 * ioredis that connects as is wanted, such as one with Sentinels.
 */
export type RedisConnection = string | RedisAddress | RedisClient;

/** What {@linkcode openRedis} wants to know besides. */
export interface OpenRedisOptions {
  /** What the connection is called in Redis' CLIENT LIST. */
  readonly name: string;
  /**
   * Told of each error, such as a lost connection. It will be made again by itself.
   *
   * @default errors are left out: what waits for the connection says so
   */
  readonly onError?: (error: Error) => void;
  /**
   * How long Redis may leave a command without an answer, in milliseconds. Then the connection is made anew, and
   * the command is sent again: a network that has gone away may never say so. A read may block for less.
   *
   * @default 30000
   */
  readonly patience?: number;
}

/** Milliseconds between two tries to connect, at most. */
const LONGEST_PAUSE = 1000;

/** How long a connection may take that is closed by this side only, in milliseconds. */
const DISCONNECT_TIMEOUT = 500;

/** What all our clients have in common, also those that a client of the program's was copied for. */
const OPTIONS = {
  // Commands wait for Redis to come back, as BullMQ wants it.
  maxRetriesPerRequest: null,
  retryStrategy: pauseBefore,
  // A server that still reads its data from disk is not ready.
  enableReadyCheck: true,
  maxLoadingRetryTime: 500,
  enableOfflineQueue: true,
  autoResubscribe: true,
  autoResendUnfulfilledCommands: true,
  lazyConnect: false,
  keepAlive: 30_000,
  connectTimeout: 10_000,
  disconnectTimeout: DISCONNECT_TIMEOUT,
  // Reads block for longer than a program would let its own commands take.
  commandTimeout: undefined,
  stringNumbers: false,
  readOnly: false,
  enableAutoPipelining: false,
  replyMapping: "legacy",
} as const;

/**
 * Checks the option `connection`.
 *
 * @param option What was given; by default Redis on this machine.
 * @returns Where Redis is.
 * @throws {TypeError} If it is something else than {@linkcode RedisConnection}.
 * @throws {RangeError} If there is no such port, or no such database.
 */
export function checkConnection(
  option: unknown = "redis://127.0.0.1:6379",
): RedisAddress | RedisClient {
  if (typeof option === "string") return checkAddress(option);
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw new TypeError(
      `Cannot connect to Redis: current value of connection is ${inspect(option)}, allowed are a ` +
        `URL such as "redis://127.0.0.1:6379", an object with host and port, and a client of ioredis`,
    );
  }
  if (!isClient(option)) return checkAddress(option);
  if (Reflect.get(option, "isCluster") === true) {
    throw new TypeError(
      "Cannot connect to Redis: the client is one of a Redis Cluster, allowed is one of a single " +
        "server (which may have replicas and Sentinels)",
    );
  }
  if (Reflect.get(option.options, "keyPrefix")) {
    throw new TypeError(
      "Cannot connect to Redis: the client has a keyPrefix, which BullMQ does not allow: leave it " +
        "out; the names of pools keep programs apart",
    );
  }
  return option;
}

/**
 * Connects to Redis. The client connects again by itself when the connection is lost, and its commands wait
 * for that.
 *
 * @param connection Where Redis is, as {@linkcode checkConnection} returned it.
 * @param options What the connection is called, and who is told of errors.
 * @returns The client. It is to be closed by {@linkcode closeRedis}.
 */
export function openRedis(
  connection: RedisConnection,
  { name, onError = () => {}, patience = 30_000 }: OpenRedisOptions,
): Redis {
  const checked = checkConnection(connection);
  const options = { ...OPTIONS, connectionName: name, socketTimeout: patience };
  const client = isClient(checked)
    // A copy of ioredis that the program brought is as ours, as far as we use it.
    ? checked.duplicate(options) as Redis
    : new Redis({ ...optionsOf(checked), ...options });
  client.on("error", onError); // Without a listener, ioredis prints errors.
  endWherePaused(client);
  hearAllErrors(client);
  return client;
}

/**
 * Makes another connection to where a client is connected.
 *
 * @param client A client of {@linkcode openRedis}.
 * @param options What the connection is called, and who is told of errors.
 * @returns The new client. It is to be closed by {@linkcode closeRedis}.
 */
export function duplicateRedis(client: Redis, options: OpenRedisOptions): Redis {
  return openRedis(client, options);
}

/**
 * Ends a connection, also where Redis is gone. What still waits for an answer is rejected, so wait for what
 * matters before. To do it twice is harmless.
 *
 * @param client A client of {@linkcode openRedis}.
 */
export async function closeRedis(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  client.disconnect();
  await ended;
}

/**
 * Names where Redis is for logs and errors: never with a password.
 *
 * @param connection Where Redis is.
 * @returns Such as "127.0.0.1:6379/0".
 */
export function describeAddress(connection: RedisConnection): string {
  const checked = checkConnection(connection);
  if (!isClient(checked)) return describePlace(checked);
  const { host, port, db, path, sentinels, name } = checked.options as Record<string, unknown>;
  if (typeof path === "string") return path;
  if (Array.isArray(sentinels)) return `${name} (of its Sentinels)`;
  return describePlace({
    host: typeof host === "string" ? host : undefined,
    port: typeof port === "number" ? port : undefined,
    db: typeof db === "number" ? db : undefined,
  });
}

/** How long a client waits before its next try to connect: a thousand agents do not all come at once. */
function pauseBefore(attempt: number): number {
  const pause = Math.min(50 * 2 ** Math.min(attempt - 1, 10), LONGEST_PAUSE);
  return pause * (0.5 + Math.random() / 2);
}

function isClient(connection: object): connection is RedisClient {
  return "duplicate" in connection && typeof connection.duplicate === "function" &&
    "options" in connection && typeof connection.options === "object" &&
    connection.options !== null;
}

function optionsOf({ host, port, username, password, db, tls }: RedisAddress): object {
  return { host, port, username, password, db, tls: tls === true ? {} : tls };
}

/**
 * A client of ioredis that pauses before it connects again never ends when it is told to, and neither do the
 * commands that wait in it; one that was never told to connect does.
 */
function endWherePaused(client: Redis): void {
  const disconnect = client.disconnect.bind(client);
  client.disconnect = (reconnect) => {
    if (!reconnect && client.status === "reconnecting") client.status = "wait";
    disconnect(reconnect);
  };
}

/**
 * A socket may fail more than once: Redis says why it ends the connection, and what is written then fails as
 * well. ioredis hears the first error of each socket; any other would end the program.
 */
function hearAllErrors(client: Redis): void {
  let { stream } = client;
  Object.defineProperty(client, "stream", {
    get: () => stream,
    set(next: typeof stream) {
      stream = next;
      stream.on("error", () => {});
    },
  });
}
