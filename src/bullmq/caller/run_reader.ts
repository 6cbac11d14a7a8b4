/**
 * Reading the streams of all runs that are under way, with one connection that waits for new entries.
 *
 * @module
 */

import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { closeRedis, type Redis } from "../redis/redis.ts";
import type { PoolKeys } from "../wire/names.ts";
import { type RunEntry, RunStream } from "./run_stream.ts";
import { BEFORE_ALL } from "./stream_id.ts";

export type { RunEntry } from "./run_stream.ts";

/** What {@linkcode RunReader} needs. */
export interface RunReaderOptions {
  /** The keys of the pool. */
  readonly keys: PoolKeys;
  /** A connection for commands. */
  readonly client: Redis;
  /** A connection that waits, and does nothing else. It is closed with the reader. */
  readonly blocking: Redis;
  /** Is told what could not be read or handled. Reading goes on. */
  readonly onError?: (error: unknown) => void;
}

/**
 * For how long a run is left alone, in milliseconds: one that is over by then may have written nothing, or nothing
 * that did not come with its answers.
 */
const LEFT_ALONE = 20;

/** How many entries of a stream are read at once; an agent puts up to some 64 KB of records into one. */
const COUNT = 100;

/** How long Redis waits for a new entry, in milliseconds. Then it is asked again. */
const BLOCK = 5000;

/** How much later than that a reply may come, in milliseconds, before the connection is taken for dead. */
const GRACE = 5000;

/** After how many milliseconds Redis is asked again when it has refused. */
const RETRY = 500;

/** How long the stream that wakes the reader outlives a reader that was killed, in seconds. */
const EXPIRY = 3600;

/** Reads streams. Each entry of a run is given to its listener once, in order, from the first one on. */
export class RunReader implements AsyncDisposable {
  readonly #keys: PoolKeys;
  readonly #client: Redis;
  readonly #blocking: Redis;
  readonly #onError: (error: unknown) => void;
  readonly #runs = new Map<string, RunStream>();
  /** Redis waits for the streams that it was given. An entry in this one makes it reply. */
  readonly #nudge: string;
  #lastNudge = BEFORE_ALL;
  /** Whether Redis was told to reply since it did the last time. */
  #isNudged = false;
  #reading: Promise<void> | undefined;
  /** Begins to watch runs that were left alone. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  /** Ends what the reader waits for. */
  #interrupt: () => void = () => {};

  /**
   * Makes a reader. It reads while it follows a run.
   *
   * @param options The connections, and who is told of errors.
   */
  constructor({ keys, client, blocking, onError }: RunReaderOptions) {
    this.#keys = keys;
    this.#client = client;
    this.#blocking = blocking;
    this.#onError = (error) => this.#isClosed ? undefined : onError?.(error);
    this.#nudge = `${keys.prefix}:nudge:${crypto.randomUUID()}`;
  }

  /**
   * Begins to read the stream of a run, in a moment.
   *
   * @param run The id of the run.
   * @param listener Gets each entry.
   * @throws {Error} If the run is followed already, or the reader is closed.
   */
  follow(run: string, listener: (entry: RunEntry) => void): void {
    if (this.#isClosed) throw new Error(`Cannot follow run ${run}: the reader is closed`);
    if (this.#runs.has(run)) throw new Error(`Cannot follow run ${run}: it is followed already`);
    const key = this.#keys.stream(run);
    this.#runs.set(
      run,
      new RunStream({ key, listener, client: this.#client, onError: this.#onError }),
    );
    this.#timer ??= setTimeout(() => this.#watchRuns(), LEFT_ALONE);
  }

  #watchRuns(): void {
    this.#timer = undefined;
    for (const run of this.#runs.values()) run.isWatched = true;
    if (this.#reading) this.#tellRuns();
    else this.#reading = this.#read();
  }

  /**
   * Stops reading the stream of a run, and removes it.
   *
   * @param run The id of the run.
   */
  leave(run: string): void {
    const followed = this.#runs.get(run);
    if (!followed) return;
    this.#runs.delete(run);
    followed.close();
    if (this.#runs.size === 0) this.#stopTimer();
    if (followed.isUsed) this.#client.unlink(followed.key).catch(this.#onError);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Waits until the stream is read up to an entry, or it is known that the entry is gone.
   *
   * @param run The id of the run.
   * @param id The id of the entry.
   * @returns When its listener has got all that there is up to that entry; also when the run is left.
   */
  async caughtUp(run: string, id: string): Promise<void> {
    await this.#runs.get(run)?.caughtUp(id);
  }

  /** Leaves all runs, and closes the connection that waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const run of [...this.#runs.keys()]) this.leave(run);
    this.#client.unlink(this.#nudge).catch(() => {}); // It expires by itself.
    this.#interrupt();
    await this.#reading;
    await closeRedis(this.#blocking);
  }

  /** Makes Redis reply, so that it is asked for the runs that are followed now. */
  #tellRuns(): void {
    if (this.#isNudged) return;
    this.#isNudged = true;
    Promise.all([
      this.#client.xadd(this.#nudge, "MAXLEN", 1, "*", "run", ""),
      this.#client.expire(this.#nudge, EXPIRY),
    ]).catch(this.#onError);
  }

  get #watched(): RunStream[] {
    return [...this.#runs.values()].filter((run) => run.isWatched);
  }

  async #read(): Promise<void> {
    while (this.#watched.length > 0) {
      try {
        await this.#readOnce();
      } catch (error) {
        this.#onError(error);
        if (!this.#isClosed) await this.#pause();
      }
    }
    this.#reading = undefined;
  }

  async #readOnce(): Promise<void> {
    this.#isNudged = false;
    const runs = new Map(this.#watched.map((run) => [run.key, run]));
    using _watch = this.#watchConnection();
    const reply = this.#blocking.xreadBuffer(
      "COUNT",
      COUNT,
      "BLOCK",
      BLOCK,
      "STREAMS",
      this.#nudge,
      ...runs.keys(),
      this.#lastNudge,
      ...[...runs.values()].map((run) => run.position),
    );
    const streams = await this.#unlessInterrupted(reply);
    for (const [key, entries] of streams ?? []) {
      const name = key.toString();
      if (name === this.#nudge) this.#lastNudge = entries.at(-1)?.[0].toString() ?? this.#lastNudge;
      else runs.get(name)?.take(entries);
    }
  }

  /** Where a connection is dead without a word, nothing else would ever say so. */
  #watchConnection(): Disposable {
    let isOver = false;
    const expire = async () => {
      // This thread may have been blocked: what is there has its turn first.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return;
      // What was asked is asked again on the next connection.
      if (this.#blocking.status === "ready") this.#blocking.disconnect(true);
      timer = setTimeout(expire, BLOCK + GRACE);
    };
    let timer = setTimeout(expire, BLOCK + GRACE);
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        clearTimeout(timer);
      },
    };
  }

  /** A client of ioredis that is closed while it connects again never settles what was asked before. */
  #unlessInterrupted<T>(reply: Promise<T>): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    this.#interrupt = () => resolve(undefined);
    reply.then(resolve, reject);
    return promise;
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#interrupt = resolve;
    const timer = setTimeout(resolve, RETRY);
    await promise;
    clearTimeout(timer);
  }
}
