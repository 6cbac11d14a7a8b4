/**
 * Jobs that Redis has given to an agent, which does not know of it: the connection was lost with the answer. Others
 * would wait until their locks are over.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import type { PoolKeys } from "../wire/names.ts";

/** With more active jobs than that, to look at all of them is not worth it. */
const MOST_ACTIVE = 1000;

/** How long the answer may be on its way that tells of a job, in milliseconds. */
const PATIENCE = 1000;

/** What is needed of a connection to Redis. */
export interface StrandedClient {
  lrange(key: string, start: number, stop: number): Promise<string[]>;
  mget(...keys: string[]): Promise<(string | null)[]>;
}

/** What is needed of BullMQ. */
export interface StrandedWorker {
  /** What the locks of its jobs begin with. */
  readonly id: string;
  readonly backend: {
    moveJobFromActiveToWait(job: string, token: string): Promise<unknown>;
  };
}

/** What {@linkcode StrandedJobs} are given. */
export interface StrandedJobsOptions {
  readonly client: StrandedClient;
  readonly keys: PoolKeys;
  readonly worker: StrandedWorker;
  /** Whether the agent knows of a job. */
  readonly isKnown: (job: string) => boolean;
}

/** Finds such jobs, and gives them back. */
export class StrandedJobs implements Disposable {
  readonly #options: StrandedJobsOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /**
   * Looks for none yet.
   *
   * @param options Where to look, and what is known.
   */
  constructor(options: StrandedJobsOptions) {
    this.#options = options;
  }

  /** Looks for jobs now, and again a moment later: what is not known then, was lost. */
  async look(): Promise<void> {
    const seen = await this.#find();
    if (seen.size === 0 || this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#giveBack(seen).catch((error: unknown) => logger().debug("Redis: %s", error));
    }, PATIENCE);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #giveBack(seen: ReadonlyMap<string, string>): Promise<void> {
    for (const [job, token] of await this.#find()) {
      if (seen.get(job) !== token) continue;
      logger().warn("Job %s came when the connection was lost. It is given back", job);
      await this.#options.worker.backend.moveJobFromActiveToWait(job, token);
    }
  }

  /** The jobs that nobody knows of, and the tokens in their locks. */
  async #find(): Promise<Map<string, string>> {
    const { client, keys, worker, isKnown } = this.#options;
    const queue = `${keys.prefix}:${keys.queue}`; // BullMQ's own keys.
    const active = await client.lrange(`${queue}:active`, 0, MOST_ACTIVE);
    const jobs = active.length > MOST_ACTIVE ? [] : active.filter((job) => !isKnown(job));
    if (jobs.length === 0) return new Map();
    const locks = await client.mget(...jobs.map((job) => `${queue}:${job}:lock`));
    const found = new Map<string, string>();
    for (const [place, job] of jobs.entries()) {
      const token = locks[place];
      if (token?.startsWith(`${worker.id}:`) && !isKnown(job)) found.set(job, token);
    }
    return found;
  }
}

function logger() {
  return getLogger("paralog.agent");
}
