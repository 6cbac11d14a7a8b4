/**
 * An agent: takes the jobs of a pool, has them run in child processes, and answers.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import { inTime } from "../in_time.ts";
import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import { openWorker, type PoolWorker } from "../redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../redis/redis.ts";
import { PoolKeys } from "../wire/names.ts";
import type { AgentOptions } from "./agent_options.ts";
import { ChildPool } from "./child_pool.ts";
import { ControlListener } from "./control_listener.ts";
import { JobGate } from "./job_gate.ts";
import { Outboxes } from "./outboxes.ts";
import { Presence } from "./presence.ts";
import { RunningJobs } from "./running_jobs.ts";
import { StrandedJobs } from "./stranded_jobs.ts";
import { WorkerErrors } from "./worker_errors.ts";

/**
 * How often a job may be left by its agent before it fails: the one may have been killed, but a task may also be
 * what kills agents.
 */
const MOST_STALLED = 3;

/** How long what must be done at the end may take where Redis is gone, in milliseconds. */
const END_WAIT = 1000;

/** Takes jobs, from its start until it is drained or killed. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #log = getLogger("paralog.agent");
  readonly #keys: PoolKeys;
  readonly #client: Redis;
  readonly #subscriber: Redis;
  readonly #children: ChildPool;
  readonly #outboxes: Outboxes;
  readonly #control: ControlListener;
  readonly #presence: Presence;
  readonly #jobs: RunningJobs;
  #worker: PoolWorker | undefined;
  #stranded: StrandedJobs | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: AgentOptions) {
    const { connection, pool, name, slots } = this.#options = options;
    const { idleProcesses, idleTimeout, maxPayload } = options;
    const onError = (error: unknown) => this.#log.debug("Redis: %s", error);
    const keys = this.#keys = new PoolKeys(pool);
    const client = this.#client = openRedis(connection, { name: "paralog:agent", onError });
    const subscriber = openRedis(connection, { name: "paralog:control", onError });
    const children = this.#children = new ChildPool({
      agent: name,
      most: slots + idleProcesses,
      idleTimeout,
      onIdleDeath: (child, end) =>
        this.#log.warn("%s came to its end after its tasks had ended: %s", child, describe(end)),
    });
    const outboxes = this.#outboxes = new Outboxes({ client, keys, limit: maxPayload, onError });
    const control = this.#control = new ControlListener({
      ...{ keys, client, subscriber, onError },
      jobs: () => this.#jobs.runs,
      onLeave: (site) => children.leave(site),
    });
    this.#subscriber = subscriber;
    this.#presence = new Presence({ client, keys, name, slots, busy: () => this.#jobs.size });
    const gate = new JobGate(options);
    this.#jobs = new RunningJobs(name, { maxPayload, gate, children, outboxes, control });
  }

  /**
   * Starts an agent: from now on it takes jobs.
   *
   * @param options What it is given.
   * @returns The agent, once Redis knows that it is there. Where Redis is gone, that takes until it is back.
   * @throws {Error} If Redis does not let it.
   */
  static async start(options: AgentOptions): Promise<Agent> {
    const agent = new Agent(options);
    try {
      await agent.#start();
    } catch (error) {
      await agent.kill();
      throw error;
    }
    return agent;
  }

  /** How it is called. */
  get name(): string {
    return this.#options.name;
  }

  /** Takes no more jobs, and ends once Redis has the answers of those that run. */
  drain(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Ends at once. The jobs that run are left to other agents. */
  async kill(): Promise<void> {
    const draining = this.drain();
    await inTime(END_WAIT, Promise.all([this.#jobs.giveBackAll(), draining]));
    await this.#waitNoLonger();
    await draining;
  }

  async #start(): Promise<void> {
    const { name, slots, lockDuration } = this.#options;
    this.#watchConnection();
    await this.#control.start();
    await this.#presence.start();
    const errors = new WorkerErrors();
    const worker = this.#worker = openWorker(this.#keys, {
      client: this.#client,
      name,
      processor: (job) => this.#jobs.run(job),
      concurrency: slots,
      lockDuration,
      stalledInterval: lockDuration / 2,
      maxStalledCount: MOST_STALLED,
      onError: (error) => errors.tell(error),
    });
    this.#stranded = new StrandedJobs({
      client: this.#client,
      keys: this.#keys,
      worker,
      isKnown: (id) => this.#jobs.has(id),
    });
    worker.on("completed", ({ id = "" }) => this.#jobs.answered(id));
    worker.on("failed", (job) => this.#jobs.answered(job?.id ?? ""));
    worker.on("lockRenewalFailed", (ids) => ids.forEach((id) => this.#jobs.abandon(id)));
    worker.on("stalled", (id) => {
      this.#log.warn("Job %s was left by its agent, and is run again", id);
    });
  }

  async #close(): Promise<void> {
    this.#jobs.close();
    this.#stranded?.[Symbol.dispose]();
    if (this.#worker) await this.#closeWorker(this.#worker);
    this.#control[Symbol.dispose]();
    await this.#presence[Symbol.asyncDispose]();
    await this.#children[Symbol.asyncDispose]();
    await inTime(END_WAIT, this.#outboxes.flushed());
    await Promise.all([closeRedis(this.#subscriber), closeRedis(this.#client)]);
  }

  /** BullMQ waits for Redis to come back. So do answers; but who has none to give may go. */
  async #closeWorker(worker: PoolWorker): Promise<void> {
    let isClosed = false;
    let isTold = false;
    const closing = worker.close().then(() => isClosed = true);
    for (;;) {
      await inTime(END_WAIT, closing);
      if (isClosed) return;
      if (this.#client.status === "ready") continue;
      if (this.#jobs.areAnswered) await this.#waitNoLonger();
      else if (!isTold) isTold = this.#tellWaiting();
    }
  }

  /** Tells whether there was anything to tell of. */
  #tellWaiting(): boolean {
    const { waiting } = this.#jobs;
    if (waiting === 0) return false;
    this.#log.warn(
      "%d %s for Redis, which is gone; a second signal leaves the jobs to other agents",
      waiting,
      waiting === 1 ? "answer waits" : "answers wait",
    );
    return true;
  }

  /** What still waits for Redis fails. */
  async #waitNoLonger(): Promise<void> {
    await Promise.all([this.#worker?.close(true), closeRedis(this.#client)]);
  }

  /** The log says when Redis is gone, and when it is there again: once each. */
  #watchConnection(): void {
    let isLost = false;
    this.#client.on("close", () => {
      if (!isLost && !this.#closing) {
        this.#log.warn("The connection to Redis is lost. It is made again");
      }
      isLost = true;
    });
    this.#client.on("ready", () => {
      if (!isLost) return;
      isLost = false;
      this.#log.info("The connection to Redis is there again");
      this.#stranded?.look().catch((error: unknown) => this.#log.debug("Redis: %s", error));
    });
  }
}

function describe(end: ChildEnd): string {
  switch (end.kind) {
    case "exit":
      return `exit(${end.code})`;
    case "signal":
      return end.signal;
    case "error":
      return String(end.error);
    default:
      return end satisfies never;
  }
}
