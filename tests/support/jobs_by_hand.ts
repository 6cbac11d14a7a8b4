/** The caller's side of a pool, by hand: puts jobs into its queue, and reads what agents tell. */

import { Buffer } from "node:buffer";
import { getLogger } from "@paralog/paralog";
import { WatchedHandler } from "../../src/testing/watched_handler.ts";
import { decodeRecord } from "../../src/logging/codec/record_codec.ts";
import type { LogRecord } from "../../src/logging/record.ts";
import { decodeClone } from "../../src/relay/clone_bytes.ts";
import type { Call, TaskReference } from "../../src/parallel/tasks/task.ts";
import type { FromWorker } from "../../src/parallel/wire/wire.ts";
import { AllowList } from "../../src/bullmq/agent/allow_list.ts";
import { Agent } from "../../src/bullmq/agent/agent.ts";
import type { AgentOptions } from "../../src/bullmq/agent/agent_options.ts";
import { ModuleMap } from "../../src/bullmq/agent/module_map.ts";
import { openQueue, type PoolJob, type PoolQueue } from "../../src/bullmq/redis/bull.ts";
import { closeRedis, openRedis, type Redis } from "../../src/bullmq/redis/redis.ts";
import { encodeControl } from "../../src/bullmq/wire/control.ts";
import { readFrames } from "../../src/bullmq/wire/frame_list.ts";
import { encodeJob } from "../../src/bullmq/wire/job_data.ts";
import { decodeAnswer, decodeRefusal } from "../../src/bullmq/wire/job_result.ts";
import type {
  Answer,
  Control,
  Envelope,
  FrameList,
  JobData,
  SentFrame,
  Site,
} from "../../src/bullmq/wire/messages.ts";
import { PoolKeys } from "../../src/bullmq/wire/names.ts";
import { DEFAULT_MAX_PAYLOAD } from "../../src/bullmq/wire/payload.ts";
import { type RedisServer, type RedisServerOptions, redisTest } from "./redis_server.ts";

/** Registers a test with a redis-server, and a handler that gets what agents in this program log. */
export function agentTest(
  name: string,
  fn: (server: RedisServer, handler: WatchedHandler) => Promise<void>,
  options?: RedisServerOptions,
): void {
  redisTest(name, async (server) => {
    const handler = new WatchedHandler();
    const logger = getLogger("paralog.agent"); // Of the root realm: connections do not keep that of a test.
    logger.addHandler(handler);
    logger.propagate = false;
    try {
      await fn(server, handler);
    } finally {
      logger.removeHandler(handler);
      logger.propagate = true;
    }
  }, options);
}

/** What an agent of a test is given, where the test does not say something else. */
export function agentOptions(url: string, more: Partial<AgentOptions> = {}): AgentOptions {
  return {
    connection: url,
    pool: "test",
    name: "agent-1",
    slots: 2,
    allowList: new AllowList(["src/testing/tasks/", "tests/support/"], { allowSource: true }),
    moduleMap: new ModuleMap([]),
    permissions: undefined,
    memoryLimit: undefined,
    maxPayload: DEFAULT_MAX_PAYLOAD,
    lockDuration: 30_000,
    idleProcesses: 2,
    idleTimeout: 60_000,
    ...more,
  };
}

/** An agent in this program, drained at the end of its scope. */
export async function startAgent(
  url: string,
  more?: Partial<AgentOptions>,
): Promise<Agent & AsyncDisposable> {
  const agent = await Agent.start(agentOptions(url, more));
  return Object.assign(agent, { [Symbol.asyncDispose]: () => agent.drain() });
}

/** What of an envelope a test says. */
export interface JobWishes {
  readonly run?: string;
  readonly site?: Partial<Site>;
  readonly batch?: Partial<Envelope["batch"]>;
}

/** All that a job has told, in order. */
export interface Told {
  readonly records: LogRecord[];
  readonly messages: FromWorker[];
  readonly outputs: string[];
  readonly workers: string[];
}

/** A pool as a caller sees it. */
export class JobsByHand implements AsyncDisposable {
  readonly keys: PoolKeys;
  readonly client: Redis;
  readonly queue: PoolQueue;
  #jobs = 0;

  constructor(url: string, pool = "test") {
    this.keys = new PoolKeys(pool);
    this.client = openRedis(url, { name: "test" });
    this.queue = openQueue(this.keys, { client: this.client });
  }

  /** Puts calls into the queue, and returns the id of their job. */
  async add(calls: readonly Call[], wishes: JobWishes = {}): Promise<string> {
    const { run = "run-1" } = wishes;
    const data = await encodeJob(envelopeOf(calls, wishes), { run, limit: 2 ** 30 });
    return await this.addData(data);
  }

  /** Puts anything into the queue. */
  async addData(data: unknown, id = `run-1.${++this.#jobs}.1`): Promise<string> {
    await this.queue.add("batch", data as JobData, { jobId: id }); // What it is not, is what is tested.
    return id;
  }

  /** Waits until a job has come to its end. */
  async ended(id: string): Promise<PoolJob> {
    return await until(async () => {
      const job = await this.queue.getJob(id);
      return job?.finishedOn ? job : undefined;
    });
  }

  async answer(id: string): Promise<Answer> {
    const { returnvalue, failedReason } = await this.ended(id);
    if (failedReason) throw new Error(`job ${id} failed: ${failedReason}`);
    const load = () => this.client.getBuffer(this.keys.result(id));
    const answer = await decodeAnswer(returnvalue, { limit: 2 ** 30, load });
    if (!answer) throw new Error(`the answer of ${id} is gone`);
    return answer;
  }

  /** Why a job was refused. */
  async refusal(id: string): Promise<string> {
    const { failedReason } = await this.ended(id);
    const refusal = decodeRefusal(failedReason);
    if (!refusal) throw new Error(`job ${id} was not refused: ${failedReason}`);
    return refusal.message;
  }

  /** What the outcomes of a job's calls are, in order. */
  async values(id: string): Promise<unknown[]> {
    const { messages } = await this.told(id, await this.answer(id));
    return messages.flatMap((message) =>
      message.type === "paralog:settled" ? message.outcomes.values : []
    );
  }

  /** The entries of a run's stream that are of a job. */
  async entries(job: string, run = "run-1"): Promise<FrameList[]> {
    const entries = await this.client.xrangeBuffer(this.keys.stream(run), "-", "+");
    const lists: FrameList[] = [];
    for (const [, fields = []] of entries) {
      if (fields[1]?.toString() === job) {
        lists.push(readFrames(fields[3]!, { limit: 2 ** 30 }));
      }
    }
    return lists;
  }

  /** What a job has told so far; of each delivery. */
  async told(job: string, answer?: Answer): Promise<Told> {
    const lists = await this.entries(job);
    if (answer) lists.push(answer);
    const told: Told = { records: [], messages: [], outputs: [], workers: [] };
    const seen = new Set<string>();
    const frames = lists.flatMap((list) => {
      if (!told.workers.includes(list.worker)) told.workers.push(list.worker);
      return list.frames.filter((frame) => {
        const key = `${list.delivery} ${familyOf(frame)} ${frame.number}`;
        return !seen.has(key) && seen.add(key);
      });
    });
    for (const frame of frames.sort((one, other) => one.number - other.number)) addTo(told, frame);
    return told;
  }

  /** Waits for something that a job tells. */
  async untilTold(job: string, isTold: (told: Told) => boolean): Promise<Told> {
    return await until(async () => {
      const told = await this.told(job);
      return isTold(told) ? told : undefined;
    });
  }

  async tell(control: Control): Promise<void> {
    await this.client.publish(this.keys.control, Buffer.from(encodeControl(control)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.queue.close();
    await closeRedis(this.client);
  }
}

function familyOf({ kind }: SentFrame): string {
  if (kind === "stdout" || kind === "stderr") return "output";
  return kind === "record" ? kind : "other";
}

function addTo({ records, messages, outputs }: Told, { kind, payload, buffers }: SentFrame): void {
  const text = () => new TextDecoder().decode(payload);
  if (kind === "record") records.push(decodeRecord(text()));
  else if (kind === "message") messages.push(decodeClone(payload, buffers) as FromWorker); // It is ours.
  else if (kind !== "counts") outputs.push(text());
}

function keyOf(task: TaskReference): string {
  return task.kind === "module" ? `${task.url} ${task.name}` : task.source;
}

/** A batch as a caller sends it. */
export function envelopeOf(calls: readonly Call[], { site, batch }: JobWishes = {}): Envelope {
  const tasks = [...new Map(calls.map(({ task }) => [keyOf(task), task])).values()];
  return {
    site: {
      id: "site-1",
      initializer: undefined,
      maxTasks: undefined,
      memoryLimit: undefined,
      permissions: undefined,
      maxRecordLength: 1_000_000,
      args: [],
      ...site,
    },
    batch: {
      type: "batch",
      tasks,
      calls: {
        task: calls.map((call) => tasks.findIndex((task) => keyOf(task) === keyOf(call.task))),
        index: calls.map((_, place) => place),
        attempt: calls.map(() => 1),
        args: calls.map(({ args }) => args),
      },
      run: "1",
      context: undefined,
      nesting: { level: 0, jobs: 1, inline: 0 },
      initializer: undefined,
      movesResults: false,
      hasStatus: false,
      levelNames: undefined,
      locations: false,
      levels: [["root", 20]],
      ...batch,
    },
  };
}

/** Asks again and again, until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined>, ms = 20_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`nothing came within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
