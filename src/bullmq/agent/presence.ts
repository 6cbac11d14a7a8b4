/**
 * What agents say of themselves, for whoever wants to know which there are.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import { inTime } from "../in_time.ts";
import { PROTOCOL } from "../wire/messages.ts";
import type { PoolKeys } from "../wire/names.ts";
import { VERSION } from "../wire/version.ts";
import { type AgentInfo, readAgentInfo } from "./agent_info.ts";
import { hostName } from "./host_name.ts";

/** What is needed of a connection to Redis. */
export interface PresenceClient {
  /** The clock of Redis: seconds, and microseconds besides. */
  time(): Promise<readonly (string | number)[]>;
  /** Writes a field of a hash. */
  hset(key: string, field: string, value: string): Promise<unknown>;
  /** Removes fields of a hash. */
  hdel(key: string, ...fields: string[]): Promise<unknown>;
  /** Counts the fields of a hash. */
  hlen(key: string): Promise<number>;
  /** Reads a hash. */
  hgetall(key: string): Promise<Record<string, string>>;
  /** Says after how many milliseconds a key goes. */
  pexpire(key: string, milliseconds: number): Promise<unknown>;
}

/** Options of {@linkcode Presence}. */
export interface PresenceOptions {
  /** A connection that others may use as well. It is not closed. */
  readonly client: PresenceClient;
  /** The keys of the pool. */
  readonly keys: PoolKeys;
  /** The name of the agent. */
  readonly name: string;
  /** How many jobs it runs at once. */
  readonly slots: number;
  /** Counts the jobs that run now. */
  readonly busy: () => number;
  /**
   * How often it is said, in milliseconds.
   *
   * @default 5000
   */
  readonly every?: number;
}

/** After how long an agent that says nothing is taken for gone, in milliseconds. */
const GONE_AFTER = 30_000;

/** How long the end of it may take, in milliseconds: Redis may be away. */
const END_WAIT = 1000;

/** Says every few seconds that an agent is there. */
export class Presence implements AsyncDisposable {
  readonly #options: Required<PresenceOptions>;
  /** Two agents may have been given the same name. */
  readonly #field: string;
  readonly #fixed: Omit<AgentInfo, "busy" | "at">;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saying: Promise<void> = Promise.resolve();
  #isOver = false;

  /**
   * Says nothing yet.
   *
   * @param options Who is there.
   */
  constructor(options: PresenceOptions) {
    const { name, slots } = options;
    this.#options = { every: 5000, ...options };
    this.#field = `${name}#${crypto.randomUUID()}`;
    this.#fixed = {
      name,
      host: hostName(),
      pid: Deno.pid,
      slots,
      version: VERSION,
      protocol: PROTOCOL,
      since: Date.now(),
    };
  }

  /**
   * Says it from now on.
   *
   * @returns When it was said once. That it can't be said is logged, and no reason to end.
   */
  start(): Promise<void> {
    return this.#say();
  }

  /** Says that the agent is gone. It waits no longer than a second for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const { client, keys } = this.#options;
    const leaving = this.#saying
      .then(() => client.hdel(keys.agents, this.#field))
      .catch(() => {}); // Others take it for gone before long.
    await inTime(END_WAIT, leaving);
  }

  /** While Redis is away a command waits for it, and the next one is not sent before. */
  #say(): Promise<void> {
    this.#saying = this.#update()
      .catch((error: unknown) => {
        if (!this.#isOver) getLogger("paralog.agent").debug("Cannot say that it is there", error);
      })
      .then(() => {
        if (!this.#isOver) this.#timer = setTimeout(() => this.#say(), this.#options.every);
      });
    return this.#saying;
  }

  async #update(): Promise<void> {
    const { client, keys, busy } = this.#options;
    const at = await timeOf(client);
    if (this.#isOver) return;
    const info: AgentInfo = { ...this.#fixed, busy: busy(), at };
    const [, , count] = await Promise.all([
      client.hset(keys.agents, this.#field, JSON.stringify(info)),
      client.pexpire(keys.agents, 2 * GONE_AFTER), // It goes with the last agent.
      client.hlen(keys.agents),
    ]);
    // So that one of all agents does, on average: each reads what all others said.
    if (Math.random() * count < 1) await removeGone(client, keys, at);
  }
}

/**
 * Lists the agents of a pool.
 *
 * @param client A connection to Redis.
 * @param keys The keys of the pool.
 * @returns What each that was there in the last half minute says of itself, by name.
 */
export async function listAgents(client: PresenceClient, keys: PoolKeys): Promise<AgentInfo[]> {
  const [now, all] = await Promise.all([timeOf(client), client.hgetall(keys.agents)]);
  const agents = Object.values(all).map(readAgentInfo).filter((info) => info !== undefined);
  return agents
    .filter(({ at }) => now - at < GONE_AFTER)
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.since - b.since);
}

async function removeGone(client: PresenceClient, keys: PoolKeys, now: number): Promise<void> {
  const all = Object.entries(await client.hgetall(keys.agents));
  const gone = all.filter(([, text]) => now - (readAgentInfo(text)?.at ?? 0) >= GONE_AFTER);
  if (gone.length > 0) await client.hdel(keys.agents, ...gone.map(([field]) => field));
}

/** The clock that all agents share, in milliseconds since 1970. */
async function timeOf(client: PresenceClient): Promise<number> {
  const [seconds = 0, microseconds = 0] = await client.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
