/** What the tests of RunReader share: a reader, what it has read, and what it reads. */

import { assert } from "@std/assert";
import { type RunEntry, RunReader } from "../../src/bullmq/caller/run_reader.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import type { RedisServer } from "./redis_server.ts";
import { unusedPort } from "./tcp_server.ts";

/** The keys of the pool. */
export const KEYS = new PoolKeys("test");

/** A reader, and a connection beside it. */
export interface OpenReader extends AsyncDisposable {
  readonly client: Redis;
  readonly blocking: Redis;
  readonly reader: RunReader;
  readonly errors: unknown[];
}

/** Options of {@linkcode openReader}. */
export interface OpenReaderOptions {
  /** The reader's own connection never comes about. */
  readonly isDeaf?: boolean;
}

/** Opens a reader. */
export function openReader(
  { url }: RedisServer,
  { isDeaf = false }: OpenReaderOptions = {},
): OpenReader {
  const errors: unknown[] = [];
  const client = openRedis(url, { name: "caller" });
  const address = isDeaf ? `redis://127.0.0.1:${unusedPort()}` : url;
  const blocking = openRedis(address, { name: "reader" });
  const onError = (error: unknown) => errors.push(error);
  const reader = new RunReader({ keys: KEYS, client, blocking, onError });
  return {
    ...{ client, blocking, reader, errors },
    [Symbol.asyncDispose]: async () => {
      await reader[Symbol.asyncDispose]();
      await closeRedis(client);
    },
  };
}

/** The texts of the frames that came, and who waits for them. */
export class Heard {
  readonly texts: string[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  readonly listener = (entry: RunEntry) => {
    this.texts.push(new TextDecoder().decode(entry.frames));
    for (const { count, resolve } of this.#waiting) if (this.texts.length >= count) resolve();
  };

  /** Waits until so many came. */
  until(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.texts.length >= count) resolve();
    else this.#waiting.push({ count, resolve });
    return promise;
  }
}

/** Adds an entry, as agents do, and gives its id. */
export async function write(client: Redis, run: string, text: string): Promise<string> {
  const id = await client.xadd(KEYS.stream(run), "*", "job", `${run}.0.1`, "frames", text);
  assert(id);
  return id;
}

/** Kills what the reader uses. */
export async function killReaders(client: Redis, server: RedisServer): Promise<void> {
  const list = await client.client("LIST");
  for (const [, id] of String(list).matchAll(/id=(\d+) .*name=(?:caller|reader) /g)) {
    await server.command("CLIENT", "KILL", "ID", id ?? "");
  }
}
