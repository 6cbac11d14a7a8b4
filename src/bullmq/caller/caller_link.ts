/**
 * The way from a caller to the agents of a pool: its connections, and what goes through them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { SerializedThrown } from "../../logging/errors.ts";
import type { LevelName } from "../../logging/levels.ts";
import { Arrivals } from "../../relay/arrivals.ts";
import {
  lastEventOf,
  openEvents,
  openQueue,
  type PoolEvents,
  type PoolQueue,
} from "../redis/bull.ts";
import { closeRedis, describeAddress, openRedis, type Redis } from "../redis/redis.ts";
import { inTime } from "../in_time.ts";
import { encodeControl } from "../wire/control.ts";
import { readFrames } from "../wire/frame_list.ts";
import { encodeJob } from "../wire/job_data.ts";
import type { Control, Envelope, FrameList, JobData } from "../wire/messages.ts";
import { jobIdOf, PoolKeys, runNameOf } from "../wire/names.ts";
import { TRUSTED_LIMIT } from "../wire/payload.ts";
import { AgentWatch } from "./agent_watch.ts";
import type { BullmqPlan } from "./bullmq_options.ts";
import { ConnectionWatch } from "./connection_watch.ts";
import { FollowedRuns } from "./followed_runs.ts";
import { JobSweeper } from "./job_sweeper.ts";
import { type RunEntry, RunReader } from "./run_reader.ts";
import { type JobCarrier, type JobListener, SentJob } from "./sent_job.ts";
import { Settlements } from "./settlements.ts";
import { StopTeller } from "./stop_teller.ts";

/** What {@linkcode CallerLink.send} wants to know. */
export interface SendOptions extends JobListener {
  /** What is moved and not copied: it is detached at once. */
  readonly moved: readonly Transferable[];
  /** Logs where the records of the run go. */
  readonly report: (level: LevelName, message: string, args: readonly unknown[]) => void;
}

const NO_AGENT = "No agent takes calls at Redis %s, pool %s. Start one on each machine: " +
  "deno run -A jsr:@paralog/paralog/agent --redis=… --pool=… --allow-module=…";

const NESTED =
  "Run %s waits for agents that may be busy with the tasks that wait for it: give runs " +
  "within tasks another pool, or another backend";

const AWAY = "The connection to Redis at %s is lost: calls wait until it is back";

const BACK = "The connection to Redis at %s is there again";

/** How long Redis may take to answer at the start, in milliseconds: it was there a moment ago. */
const OPEN_WAIT = 10_000;

/** How long what agents may not have heard is kept for them, in seconds. */
const KEPT = 3600;

/** A job, and who is told of it. */
interface CarriedJob {
  readonly run: string;
  readonly listener: Omit<SendOptions, "moved">;
  sent: SentJob | undefined;
  isOver: boolean;
}

/** The connections of a caller. */
interface Connections {
  readonly client: Redis;
  readonly events: PoolEvents;
  readonly queue: PoolQueue;
}

/** Sends jobs, and hears what becomes of them. */
export class CallerLink implements JobCarrier {
  /** Puts what workers log in order. All of it comes through Redis, so nobody's records are waited for. */
  readonly arrivals: Arrivals = new Arrivals({ isOnePipe: true });
  /** The runs that have batches on their way. */
  readonly runs: FollowedRuns;
  readonly settlements: Settlements;
  readonly #plan: BullmqPlan;
  readonly #keys: PoolKeys;
  readonly #connections: Connections;
  readonly #reader: RunReader;
  readonly #sweeper: JobSweeper;
  readonly #agents: AgentWatch;
  readonly #stops: StopTeller;
  readonly #watch: ConnectionWatch;
  /** Whether it was said that the connection is lost. */
  #isLossSaid = false;
  /** Names this caller: others have runs of the same ids. */
  readonly #name = crypto.randomUUID();
  readonly #jobs = new Map<string, CarriedJob>();
  /** The runs whose levels are kept for agents. */
  readonly #toldLevels = new Set<string>();
  #sent = 0;

  private constructor(plan: BullmqPlan, keys: PoolKeys, connections: Connections) {
    const { client, events, queue } = this.#connections = connections;
    this.#plan = plan;
    this.#keys = keys;
    this.settlements = new Settlements({
      keys,
      client,
      events,
      onActive: (id) => this.#onTaken(id),
    });
    const blocking = openRedis(client, { name: "paralog:records" });
    this.#reader = new RunReader({ keys, client, blocking });
    this.#sweeper = new JobSweeper({ keys, client, queue });
    this.#agents = new AgentWatch(async () => await client.hlen(keys.agents) > 0);
    this.#watch = new ConnectionWatch(client, (isAway) => this.#onAway(isAway));
    this.#stops = new StopTeller({
      tell: (stop) => this.#tell(stop),
      keep: (job, stop) => client.set(keys.stop(job), bytesOf(stop), "EX", KEPT),
    });
    this.runs = new FollowedRuns({
      follow: (run) => this.#reader.follow(run, (entry) => this.#onEntry(entry)),
      leave: (run) => this.#leaveRun(run),
      tellLevels: async (run, levels) => {
        this.#toldLevels.add(run);
        const control: Control = { type: "levels", run, levels };
        const kept = client.set(keys.levels(run), bytesOf(control), "EX", KEPT);
        await Promise.all([kept, this.#tell(control)]);
      },
    });
  }

  /**
   * Connects.
   *
   * @param plan Where to.
   * @throws {Error} If Redis does not answer.
   */
  static async open(plan: BullmqPlan): Promise<CallerLink> {
    const keys = new PoolKeys(plan.pool);
    const client = openRedis(plan.connection, { name: "paralog:caller" });
    try {
      const after = await inTime(OPEN_WAIT, lastEventOf(keys, client));
      if (after === undefined) throw new Error(`nothing came for ${OPEN_WAIT} ms`);
      const events = openEvents(keys, { client, after });
      return new CallerLink(plan, keys, { client, events, queue: openQueue(keys, { client }) });
    } catch (cause) {
      await closeRedis(client);
      const place = describeAddress(plan.connection);
      throw new Error(`Cannot use Redis at ${place}: it does not answer`, { cause });
    }
  }

  /** What a run is called in Redis. */
  nameOf(run: string): string {
    return runNameOf(this.#name, run);
  }

  /**
   * Sends a batch.
   *
   * @param envelope The batch, and what its process is to be.
   * @param options What is moved, and who is told of it.
   * @returns The job.
   */
  send(envelope: Envelope, { moved, ...listener }: SendOptions): SentJob {
    const { calls, run: runId } = envelope.batch;
    const run = this.nameOf(runId);
    const [index = 0] = calls.index;
    const [attempt = 1] = calls.attempt;
    const id = jobIdOf(run, { index, attempt, batch: ++this.#sent });
    const pack = () => encodeJob(envelope, { run, limit: this.#plan.maxPayload, moved });
    const job: CarriedJob = { run, listener, sent: undefined, isOver: false };
    this.#jobs.set(id, job);
    this.#watchAgents(id, envelope, listener);
    const sent = job.sent = new SentJob(id, pack, this);
    sent.end.then(() => {
      job.isOver = true;
      this.#agents.done(id);
    });
    if (this.#watch.isAway) {
      listener.onAway(true);
      this.#sayWhetherAway();
    }
    return sent;
  }

  #watchAgents(id: string, { batch }: Envelope, { report }: Pick<SendOptions, "report">): void {
    const warnNested = () => report("WARN", NESTED, [batch.run]);
    this.#agents.wait(id, {
      warn: () => report("WARN", NO_AGENT, [this.#place, this.#plan.pool]),
      ...(batch.nesting.level > 1 && { warnNested }),
    });
  }

  async add(id: string, data: JobData): Promise<void> {
    await this.#connections.queue.add("batch", data, { jobId: id });
  }

  async takeBack(id: string): Promise<boolean> {
    return await this.#connections.queue.remove(id) === 1;
  }

  kill(id: string): void {
    this.#stops.kill(id);
  }

  cancel(id: string, reason: SerializedThrown): void {
    this.#stops.cancel(id, reason);
  }

  async load(id: string): Promise<Uint8Array | undefined> {
    return await this.#connections.client.getBuffer(this.#keys.result(id)) ?? undefined;
  }

  async caughtUp(id: string, entry: string): Promise<void> {
    const job = this.#jobs.get(id);
    if (!job) return;
    await this.#reader.caughtUp(job.run, entry);
  }

  sweep(id: string): void {
    this.#sweeper.sweep(id);
  }

  detach(id: string): void {
    this.#jobs.delete(id);
    this.#agents.done(id);
  }

  /**
   * No more batches of a site will come.
   *
   * @param site Its id.
   */
  async leave(site: string): Promise<void> {
    await inTime(OPEN_WAIT, this.#tell({ type: "leave", site })).catch(() => {}); // Processes end by themselves, later.
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const { client, events, queue } = this.#connections;
    this.#agents[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
    await this.settlements[Symbol.asyncDispose]();
    await this.#sweeper[Symbol.asyncDispose]();
    await Promise.all([this.#reader[Symbol.asyncDispose](), events.close(), queue.close()]);
    await closeRedis(client);
  }

  /** Where Redis is. */
  get #place(): string {
    return describeAddress(this.#plan.connection);
  }

  #onAway(isAway: boolean): void {
    for (const { listener } of this.#jobs.values()) listener.onAway(isAway);
    this.#sayWhetherAway();
  }

  /** Says it once for all calls that wait; where none does, nobody needs to know. */
  #sayWhetherAway(): void {
    const { isAway } = this.#watch;
    if (isAway === this.#isLossSaid) return;
    const waiting = [...this.#jobs.values()].find(({ isOver }) => !isOver);
    if (!waiting && isAway) return;
    this.#isLossSaid = isAway;
    const { report } = waiting?.listener ?? {};
    if (isAway) report?.("WARN", AWAY, [this.#place]);
    else report?.("INFO", BACK, [this.#place]);
  }

  #onTaken(id: string): void {
    this.#agents.done(id);
    const job = this.#jobs.get(id);
    job?.sent?.taken();
    job?.listener.onTaken();
  }

  #onEntry({ job: id, frames }: RunEntry): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    const list = readSafely(frames);
    if (!list) return;
    job.sent?.received(frames.length);
    try {
      job.listener.onFrames(list);
    } catch (error) {
      reportError(error); // What follows is read all the same.
    }
  }

  #leaveRun(run: string): void {
    this.#reader.leave(run);
    if (!this.#toldLevels.delete(run)) return;
    this.#connections.client.unlink(this.#keys.levels(run)).catch(() => {}); // It expires by itself.
  }

  async #tell(control: Control): Promise<void> {
    await this.#connections.client.publish(this.#keys.control, bytesOf(control));
  }
}

/** What can't be read is missing in the end, and counted then. */
function readSafely(frames: Uint8Array): FrameList | undefined {
  try {
    return readFrames(frames, { limit: TRUSTED_LIMIT });
  } catch {
    return undefined;
  }
}

/** As ioredis takes bytes. */
function bytesOf(control: Control): Buffer {
  return Buffer.from(encodeControl(control));
}
