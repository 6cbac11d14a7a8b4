/**
 * What becomes of the jobs that were added to the queue. Events tell it at once; but Redis keeps only the newest
 * 10,000 of them, and a connection may be lost. So Redis is also asked, when nothing was heard for a while.
 *
 * @module
 */

import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { PoolEvents } from "../redis/bull.ts";
import type { Redis } from "../redis/redis.ts";
import type { PoolKeys } from "../wire/names.ts";

/** What became of a job. */
export type Settlement =
  /** An agent has run it: what it gave back, not checked in any way. */
  | { readonly kind: "completed"; readonly result: unknown }
  /** What BullMQ says of a job that has failed. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Redis does not have it any more. */
  | { readonly kind: "lost" };

/** What {@linkcode Settlements} needs. */
export interface SettlementsOptions {
  /** The keys of the pool. */
  readonly keys: PoolKeys;
  /** A connection for commands. */
  readonly client: Redis;
  /** The events of the queue, from before the first job was added. */
  readonly events: PoolEvents;
  /** How Redis is asked. */
  readonly check?: {
    /**
     * After how many milliseconds without news Redis is asked.
     * @default 1500
     */
    readonly every?: number;
  };
  /** Is told that an agent has taken a job; again, if another one had to take it over. */
  readonly onActive?: (id: string) => void;
  /** Is told that Redis could not be asked. It is asked again. */
  readonly onError?: (error: unknown) => void;
}

/** After how many milliseconds without news Redis is asked. */
const EVERY = 1500;

/** After how many times of that it is asked although there are news: of some jobs, they may be lost. */
const BUSY_CHECKS = 10;

/** How many jobs are asked for at once. */
const SLICE = 500;

/** How often in a row a job must be missing: Redis may have been about to come back. */
const MOST_MISSES = 2;

/** What is read of a job. Each one has a timestamp, as long as it is there. */
const FIELDS = [
  "timestamp",
  "ats", // How many agents have taken it: its "attempts started".
  "finishedOn",
  "returnvalue",
  "failedReason",
] as const;

/** A job that is not settled. */
interface Outstanding {
  readonly id: string;
  readonly settlement: Promise<Settlement>;
  readonly settle: (settlement: Settlement) => void;
  /** Whether Redis has said that it has the job. */
  isAdded: boolean;
  /** How often it was told that an agent has taken it. */
  taken: number;
  /** How often in a row it was missing. */
  misses: number;
}

/** Waits for jobs. Each is settled once, whatever is heard of it how often. */
export class Settlements implements AsyncDisposable {
  readonly #keys: PoolKeys;
  readonly #client: Redis;
  readonly #events: PoolEvents;
  readonly #every: number;
  readonly #onActive: (id: string) => void;
  readonly #onError: (error: unknown) => void;
  readonly #jobs = new Map<string, Outstanding>();
  /** How many of the jobs are added. */
  #added = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isChecking = false;
  /** Whether Redis is to be asked although there are news. */
  #isDue = false;
  #lastNews = 0;
  #lastCheck = 0;
  #isClosed = false;

  /**
   * Begins to listen.
   *
   * @param options The connections, and who is told.
   */
  constructor({ keys, client, events, check, onActive, onError }: SettlementsOptions) {
    this.#keys = keys;
    this.#client = client;
    this.#events = events;
    this.#every = check?.every ?? EVERY;
    this.#onActive = onActive ?? (() => {});
    this.#onError = onError ?? (() => {});
    events.on("completed", this.#onCompleted);
    events.on("failed", this.#onFailed);
    events.on("active", this.#onTaken);
    events.on("ioredis:close", this.#onReconnect);
    client.on("ready", this.#onReconnect);
  }

  /** How many jobs are not settled. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Waits for a job. To be called before it is added: it may be done before Redis has said that it is added.
   *
   * @param id The id of the job.
   * @returns What became of it: the same promise at each call. It stays open if the job is forgotten.
   */
  expect(id: string): Promise<Settlement> {
    const job = this.#jobs.get(id);
    if (job) return job.settlement;
    const { promise, resolve } = Promise.withResolvers<Settlement>();
    this.#jobs.set(id, {
      id,
      settlement: promise,
      settle: resolve,
      isAdded: false,
      taken: 0,
      misses: 0,
    });
    return promise;
  }

  /**
   * Redis has said that it has the job: if it does not have it later, the job is lost.
   *
   * @param id The id of the job.
   */
  added(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || job.isAdded) return;
    job.isAdded = true;
    if (this.#added++ === 0) this.#lastNews = this.#lastCheck = performance.now();
    this.#waitForNews();
  }

  /**
   * Stops waiting for a job.
   *
   * @param id The id of the job.
   */
  forget(id: string): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#jobs.delete(id);
    if (job.isAdded && --this.#added === 0) this.#stopTimer();
  }

  /** Forgets all jobs, and listens no more. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#jobs.clear();
    this.#added = 0;
    this.#stopTimer();
    this.#events.off("completed", this.#onCompleted);
    this.#events.off("failed", this.#onFailed);
    this.#events.off("active", this.#onTaken);
    this.#events.off("ioredis:close", this.#onReconnect);
    this.#client.off("ready", this.#onReconnect);
    return Promise.resolve();
  }

  readonly #onCompleted = ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }) => {
    this.#settle(jobId, { kind: "completed", result: returnvalue });
  };

  readonly #onFailed = ({ jobId, failedReason }: { jobId: string; failedReason: string }) => {
    this.#settle(jobId, { kind: "failed", reason: failedReason });
  };

  readonly #onTaken = ({ jobId }: { jobId: string }) => {
    const job = this.#jobs.get(jobId);
    if (!job) return;
    this.#lastNews = performance.now();
    this.#tellActive(job, job.taken + 1);
  };

  /** What happened while the connection was away may never be told. */
  readonly #onReconnect = () => {
    this.#isDue = true;
  };

  #tellActive(job: Outstanding, taken: number): void {
    job.taken = taken;
    this.#onActive(job.id);
  }

  #settle(id: string, settlement: Settlement): void {
    const job = this.#jobs.get(id);
    if (!job) return; // It is another caller's, or this was told before.
    this.#lastNews = performance.now();
    this.forget(id);
    job.settle(settlement);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #waitForNews(): void {
    if (this.#timer !== undefined || this.#isChecking || this.#added === 0) return;
    const since = performance.now() - this.#lastNews;
    this.#timer = setTimeout(
      () => this.#onTimer(),
      since < this.#every ? this.#every - since : this.#every,
    );
  }

  async #onTimer(): Promise<void> {
    this.#timer = undefined;
    this.#isChecking = true;
    // This thread may have been blocked: what is there has its turn first.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.#mustCheck()) await this.#check();
    this.#isChecking = false;
    this.#waitForNews();
  }

  #mustCheck(): boolean {
    const now = performance.now();
    return this.#isDue || now - this.#lastNews >= this.#every ||
      now - this.#lastCheck >= BUSY_CHECKS * this.#every;
  }

  /** Asks Redis for all jobs. */
  async #check(): Promise<void> {
    this.#isDue = false;
    this.#lastCheck = performance.now();
    const jobs = [...this.#jobs.values()].filter((job) => job.isAdded);
    try {
      for (let from = 0; from < jobs.length && !this.#isClosed; from += SLICE) {
        await this.#ask(jobs.slice(from, from + SLICE));
      }
    } catch (error) {
      this.#isDue = true;
      if (!this.#isClosed) this.#onError(error);
    }
  }

  async #ask(jobs: readonly Outstanding[]): Promise<void> {
    const pipeline = this.#client.pipeline();
    for (const { id } of jobs) {
      pipeline.hmget(`${this.#keys.prefix}:${this.#keys.queue}:${id}`, ...FIELDS);
    }
    const replies = await pipeline.exec() ?? [];
    let failure: Error | undefined;
    for (const [index, job] of jobs.entries()) {
      const [error, fields] = replies[index] ?? [new Error("Redis gave no reply")];
      if (error) failure = error;
      // The cast: Redis gives a text or null for each field that HMGET names.
      else if (this.#jobs.get(job.id) === job) this.#read(job, fields as (string | null)[]);
    }
    if (failure) throw failure;
  }

  #read(job: Outstanding, fields: readonly (string | null | undefined)[]): void {
    const [timestamp, taken, finishedOn, value, reason] = fields;
    if (!timestamp) {
      this.#isDue = true;
      if (++job.misses >= MOST_MISSES) this.#settle(job.id, { kind: "lost" });
      return;
    }
    job.misses = 0;
    if (!finishedOn) {
      if (Number(taken) > job.taken) this.#tellActive(job, Number(taken));
    } else if (value != null) {
      this.#settle(job.id, { kind: "completed", result: parse(value) });
    } else this.#settle(job.id, { kind: "failed", reason: reason ?? "" });
  }
}

/** What BullMQ has written as JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // Somebody else has written it; who reads the result says that it is none.
  }
}
