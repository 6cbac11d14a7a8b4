/**
 * An agent without child processes: it takes jobs, waits as long as their calls would take, and answers. All
 * that Redis has to do for an agent it has to do for this one, too.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { encodeRecord } from "../../src/logging/codec/record_codec.ts";
import { decodeClone } from "../../src/relay/clone_bytes.ts";
import type { ClonedArgs } from "../../src/parallel/wire/process_wire.ts";
import { currentRealm } from "../../src/logging/realm.ts";
import { createRecord } from "../../src/logging/record.ts";
import { ControlListener } from "../../src/bullmq/agent/control_listener.ts";
import { FrameOutbox } from "../../src/bullmq/agent/frame_outbox.ts";
import { Presence } from "../../src/bullmq/agent/presence.ts";
import { StrandedJobs } from "../../src/bullmq/agent/stranded_jobs.ts";
import { type ChildFrame, frameOf } from "../../src/bullmq/agent/remote_child.ts";
import { openWorker, type PoolJob, type PoolWorker } from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { decodeJob } from "../../src/bullmq/wire/job_data.ts";
import { encodeAnswer } from "../../src/bullmq/wire/job_result.ts";
import type { JobData, JobResult } from "../../src/bullmq/wire/messages.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { DEFAULT_MAX_PAYLOAD } from "../../src/bullmq/wire/payload.ts";

/** What a stand-in is given. */
export interface StandInOptions {
  /** The URL of Redis. */
  readonly url: string;
  readonly pool: string;
  readonly name: string;
  /** How many jobs it has at once. */
  readonly slots: number;
  /** How long a call takes, in milliseconds. */
  readonly callMs: number;
  /** How many records a call logs. */
  readonly records: number;
}

const LIMIT = { limit: DEFAULT_MAX_PAYLOAD };
/** The default of agents. */
const LOCK_DURATION = 10_000;
const KEPT = 3600;
const MAX_RECORD_LENGTH = 1_000_000;

/** An agent as Redis sees it. */
export class StandInAgent implements AsyncDisposable {
  readonly #options: StandInOptions;
  readonly #keys: PoolKeys;
  readonly #client: Redis;
  readonly #subscriber: Redis;
  readonly #control: ControlListener;
  readonly #presence: Presence;
  readonly #jobs = new Set<string>();
  #worker: PoolWorker | undefined;

  private constructor(options: StandInOptions) {
    const { url, pool, name, slots } = this.#options = options;
    const keys = this.#keys = new PoolKeys(pool);
    const client = this.#client = openRedis(url, { name: "paralog:agent" });
    const subscriber = this.#subscriber = openRedis(url, { name: "paralog:control" });
    const nothing = { jobs: () => [], onLeave: () => {}, onError: () => {} };
    this.#control = new ControlListener({ keys, client, subscriber, ...nothing });
    this.#presence = new Presence({ client, keys, name, slots, busy: () => this.#jobs.size });
  }

  /** Starts one, as `Agent.start` does. */
  static async start(options: StandInOptions): Promise<StandInAgent> {
    const agent = new StandInAgent(options);
    await agent.#control.start();
    await agent.#presence.start();
    const worker = agent.#worker = openWorker(agent.#keys, {
      client: agent.#client,
      name: options.name,
      processor: (job) => agent.#run(job),
      concurrency: options.slots,
      lockDuration: LOCK_DURATION,
      stalledInterval: LOCK_DURATION / 2,
      maxStalledCount: 3,
    });
    worker.on("stalled", (id) => console.error(`Job ${id} was left, and is run again`));
    agent.#watchConnection(worker);
    return agent;
  }

  /** Jobs that were on their way when the connection was lost are given back. */
  #watchConnection(worker: PoolWorker): void {
    const isKnown = (id: string) => this.#jobs.has(id);
    const stranded = new StrandedJobs({ client: this.#client, keys: this.#keys, worker, isKnown });
    let isLost = false;
    this.#client.on("close", () => isLost = true);
    this.#client.on("ready", () => {
      if (isLost) stranded.look().catch(() => {});
      isLost = false;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.close();
    this.#control[Symbol.dispose]();
    await this.#presence[Symbol.asyncDispose]();
    await Promise.all([closeRedis(this.#subscriber), closeRedis(this.#client)]);
  }

  async #run({ id = "", data }: PoolJob): Promise<JobResult> {
    this.#jobs.add(id);
    try {
      return await this.#answer(id, data);
    } finally {
      this.#jobs.delete(id);
    }
  }

  async #answer(id: string, data: JobData): Promise<JobResult> {
    const { args: packed } = decodeJob(data, LIMIT);
    const { calls } = decodeClone(new Uint8Array(packed)) as ClonedArgs;
    const { callMs, records, name } = this.#options;
    const delivery = crypto.randomUUID();
    const worker = `Process-1@${name}`;
    const outbox = new FrameOutbox({
      ...{ client: this.#client, stream: this.#keys.stream(data.run), job: id, delivery, worker },
      ...{ limit: LIMIT.limit, onError: () => {} },
    });
    outbox.add(frameOf({ type: "paralog:ready" }));
    outbox.add(frameOf({ type: "paralog:began" }));
    for (const args of calls) {
      await new Promise((resolve) => setTimeout(resolve, callMs));
      for (let number = 0; number < records; number++) outbox.add(recordFrame(worker, number));
      const outcomes = { values: [args[0]], ms: [callMs], failed: [] };
      outbox.add(frameOf({ type: "paralog:settled", outcomes }));
    }
    const rest = await outbox.finish();
    const answer = { ...rest, delivery, worker, end: undefined, isReady: true };
    const store = (bytes: Uint8Array) =>
      this.#client.set(this.#keys.result(id), Buffer.from(bytes), "EX", KEPT);
    return await encodeAnswer(answer, {
      ...LIMIT,
      store: async (bytes) => void await store(bytes),
    });
  }
}

function recordFrame(worker: string, number: number): ChildFrame {
  const { origin } = currentRealm();
  const record = createRecord(origin, "app.jobs", 20, "%s did step %d of its work", [
    worker,
    number,
  ]);
  const text = encodeRecord(record, { maxLength: MAX_RECORD_LENGTH });
  return { kind: "record", payload: new TextEncoder().encode(text), buffers: [] };
}
