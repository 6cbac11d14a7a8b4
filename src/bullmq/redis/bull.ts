/**
 * The adapter of BullMQ: the only file that imports it.
 *
 * @module
 */

import {
  type BackendFactory,
  type Job,
  Queue,
  QueueEvents,
  QueueKeys,
  RedisConnection,
  RedisQueueBackend,
  UnrecoverableError,
  Worker,
} from "bullmq";
import type { JobData, JobResult } from "../wire/messages.ts";
import type { PoolKeys } from "../wire/names.ts";
import { closeRedis, duplicateRedis, type Redis } from "./redis.ts";

export { UnrecoverableError };

/** A job of a pool: a batch. */
export type PoolJob = Job<JobData, JobResult, string>;

/** The queue of a pool, for callers. */
export type PoolQueue = Queue<JobData, JobResult, string>;

/** How long what has become of a job is kept, in seconds: its caller may have been away. */
const KEPT = 3600;

/** What is told of errors, such as a lost connection. */
export interface OpenOptions {
  /** The client for its commands. It belongs to who gives it, and stays open. */
  readonly client: Redis;
  /**
   * Told of each error, such as a lost connection. It will be made again by itself.
   *
   * @default errors are left out
   */
  readonly onError?: (error: Error) => void;
}

/** What {@linkcode openEvents} wants to know. */
export interface OpenEventsOptions extends OpenOptions {
  /** The id of the event before the first one that is wanted, as {@linkcode lastEventOf} returned it. */
  readonly after: string;
}

/** What {@linkcode openWorker} wants to know. */
export interface OpenWorkerOptions extends OpenOptions {
  /** Who takes the jobs. */
  readonly name: string;
  /** Runs a job. The text of what it throws is the reason why the job has failed. */
  readonly processor: (job: PoolJob) => Promise<JobResult>;
  /** How many jobs it has at the same time. */
  readonly concurrency: number;
  /** For how long a job is its own before it must have said so again, in milliseconds. */
  readonly lockDuration: number;
  /** How often it looks for jobs whose agent has left them, in milliseconds. */
  readonly stalledInterval: number;
  /** How often a job may be left by its agent before it fails. */
  readonly maxStalledCount: number;
}

/**
 * Opens the queue of a pool.
 *
 * @param keys The names of the pool.
 * @param options The client for its commands.
 * @returns The queue. Close it before the client.
 */
export function openQueue(keys: PoolKeys, { client, onError = () => {} }: OpenOptions): PoolQueue {
  const queue: PoolQueue = new Queue(keys.queue, optionsOf(keys, client), backendOn({ client }));
  queue.on("error", onError);
  return queue;
}

/**
 * Finds the newest event of a pool. Whoever reads from there on misses nothing that comes later, also when the
 * connection is lost before the first event.
 *
 * @param keys The names of the pool.
 * @param client Where to ask.
 * @returns Its id, for {@linkcode openEvents}.
 */
export async function lastEventOf(keys: PoolKeys, client: Redis): Promise<string> {
  const [newest] = await client.xrevrange(keyOf(keys, "events"), "+", "-", "COUNT", 1);
  return newest?.[0] ?? "0-0";
}

/**
 * Listens to what becomes of the jobs of a pool, on a connection of its own.
 *
 * @param keys The names of the pool.
 * @param options Where Redis is, and from where on to listen.
 * @returns The events. Close them before the client.
 */
export function openEvents(
  keys: PoolKeys,
  { client, after, onError = () => {} }: OpenEventsOptions,
): PoolEvents {
  const events = new PoolEvents(keys, { client, after });
  events.on("error", onError);
  return events;
}

/** The events of a pool. */
export class PoolEvents extends QueueEvents<JobResult> {
  readonly #reader: Redis;

  /**
   * Begins to listen.
   *
   * @param keys The names of the pool.
   * @param options Where Redis is, and from where on to listen.
   */
  constructor(keys: PoolKeys, { client, after }: OpenEventsOptions) {
    const reader = duplicateRedis(client, { name: "paralog:events" });
    super(
      keys.queue,
      { ...optionsOf(keys, reader), lastEventId: after },
      backendOn({ client: reader }),
    );
    this.#reader = reader;
  }

  /** Listens no more. It does not wait for Redis. */
  override async close(): Promise<void> {
    // It rejects with why there was no connection yet, and the connection is no longer wanted.
    const closing = super.close().catch(() => {});
    await closeRedis(this.#reader);
    await closing;
  }
}

/**
 * Takes jobs of a pool and has them run, from now on.
 *
 * @param keys The names of the pool.
 * @param options How to run them.
 * @returns The worker. Close it before the client.
 */
export function openWorker(keys: PoolKeys, options: OpenWorkerOptions): PoolWorker {
  const worker = new PoolWorker(keys, options);
  worker.on("error", options.onError ?? (() => {}));
  return worker;
}

/** Takes jobs of a pool and has them run. */
export class PoolWorker extends Worker<JobData, JobResult, string> {
  readonly #waiting: Redis;

  /**
   * Begins to take jobs.
   *
   * @param keys The names of the pool.
   * @param options How to run them.
   */
  constructor(keys: PoolKeys, { client, processor, ...options }: OpenWorkerOptions) {
    const { name, concurrency, lockDuration, stalledInterval, maxStalledCount } = options;
    const waiting = duplicateRedis(client, { name: "paralog:worker" });
    super(
      keys.queue,
      (job) => processor(job),
      {
        ...optionsOf(keys, client),
        ...{ name, concurrency, lockDuration, stalledInterval, maxStalledCount },
        removeOnComplete: { age: KEPT },
        removeOnFail: { age: KEPT },
        runRetryDelay: 1000,
      },
      backendOn({ client, waiting }),
    );
    this.#waiting = waiting;
  }

  /**
   * Takes no more jobs.
   *
   * @param force Whether to leave those that run, instead of waiting for them and for Redis; also where this
   *   is waited for already. That comes to its end when the client is closed.
   */
  override async close(force = false): Promise<void> {
    const isClosing = this.closing !== undefined;
    const closing = super.close(force);
    if (!force || !isClosing) await closing;
    await closeRedis(this.#waiting);
  }
}

/** The name of one of BullMQ's own keys. */
function keyOf(keys: PoolKeys, type: string): string {
  return new QueueKeys(keys.prefix).toKey(keys.queue, type);
}

function optionsOf(keys: PoolKeys, connection: Redis) {
  return { connection, prefix: keys.prefix, skipVersionCheck: true };
}

/**
 * BullMQ would make connections itself, and wait for ever for them to end where Redis is gone. So it gets ours,
 * and leaves them to us ("shared"). We look at the version and the settings of the server ourselves:
 * `checkServer`.
 */
function backendOn(
  { client, waiting }: { client: Redis; waiting?: Redis },
): BackendFactory<RedisQueueBackend> {
  return (name, options, { blocking = false } = {}) => {
    const keys = new QueueKeys("prefix" in options ? String(options.prefix) : undefined);
    const ours = { shared: true, skipVersionCheck: true };
    return new RedisQueueBackend(
      new RedisConnection(client, { ...ours, blocking }),
      name,
      keys.getKeys(name),
      (type) => keys.toKey(name, type),
      options,
      waiting && new RedisConnection(waiting, { ...ours, blocking: true }),
    );
  };
}
