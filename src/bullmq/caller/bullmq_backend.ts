/**
 * The backend that runs calls on other machines, by way of BullMQ and Redis.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import type { Ability, Backend, BackendWorker, WorkerSite } from "../../parallel/backend.ts";
import { checkServer } from "../redis/redis_settings.ts";
import { closeRedis, openRedis } from "../redis/redis.ts";
import type { Site } from "../wire/messages.ts";
import { PoolKeys } from "../wire/names.ts";
import { type BullmqOptions, type BullmqPlan, checkBullmqOptions } from "./bullmq_options.ts";
import { CallerLink } from "./caller_link.ts";
import { RemoteWorker } from "./remote_worker.ts";

/** What the workers of one `Parallel` have in common. */
interface SharedSite {
  readonly site: Site;
  workers: number;
}

/** Runs calls on the agents of a pool. */
export class BullmqBackend implements Backend {
  readonly name = "bullmq";
  readonly maxWorkers: number = Infinity;
  readonly abilities: readonly Ability[] = ["timeout", "memoryLimit", "permissions"];
  /** As measured by bench/bullmq_latency.ts; between machines it is no shorter. */
  readonly roundTrip = 1;
  readonly #plan: BullmqPlan;
  readonly #sites = new WeakMap<object, SharedSite>();
  /** Whether Redis was found to be as it must be. */
  #isChecked = false;
  /** The connections, as long as there are workers that have used them. */
  #link: Promise<CallerLink> | undefined;
  #workers = 0;

  /**
   * Makes the backend; nothing is connected yet.
   *
   * @param options Where Redis is, and which agents run the calls.
   * @throws {TypeError} If an option is unknown, or is no value of its kind.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options?: BullmqOptions) {
    this.#plan = checkBullmqOptions(options);
  }

  /** Looks at Redis, once. */
  async obstacle(): Promise<string | undefined> {
    if (this.#isChecked) return undefined;
    const { connection, pool } = this.#plan;
    const client = openRedis(connection, { name: "paralog:check" });
    try {
      const { obstacle, warnings } = await checkServer(client, { keys: new PoolKeys(pool) });
      if (obstacle !== undefined) throw new Error(obstacle);
      for (const warning of warnings) getLogger("paralog").warn("%s", warning);
    } finally {
      await closeRedis(client);
    }
    this.#isChecked = true;
    return undefined;
  }

  start(number: number, site: WorkerSite): BackendWorker {
    const shared = this.#shareSite(site);
    shared.workers++;
    this.#workers++;
    return new RemoteWorker(number, {
      site,
      remoteSite: shared.site,
      open: () => this.#open(),
      onEnd: () => this.#onEnd(site, shared),
    });
  }

  #shareSite(site: WorkerSite): SharedSite {
    const known = this.#sites.get(site.owner);
    if (known) return known;
    const { initializer, maxTasks, memoryLimit, permissions, relay: { maxRecordLength } } = site;
    const shared = {
      workers: 0,
      site: {
        id: crypto.randomUUID(),
        initializer: initializer && { task: initializer.task, args: initializer.args },
        maxTasks: maxTasks === Infinity ? undefined : maxTasks,
        ...{ memoryLimit, permissions, maxRecordLength, args: Deno.args },
      },
    };
    this.#sites.set(site.owner, shared);
    return shared;
  }

  async #open(): Promise<CallerLink> {
    const link = this.#link ??= CallerLink.open(this.#plan);
    try {
      return await link;
    } catch (error) {
      if (this.#link === link) this.#link = undefined;
      throw error;
    }
  }

  /** The last worker closes the connections: they would keep the program alive. */
  async #onEnd({ owner }: WorkerSite, shared: SharedSite): Promise<void> {
    const link = this.#link;
    this.#workers--;
    if (this.#workers === 0) this.#link = undefined;
    if (--shared.workers === 0) {
      this.#sites.delete(owner); // What comes later is another site: its processes have ended.
      (await link?.catch(() => undefined))?.leave(shared.site.id);
    }
    if (this.#workers === 0) await (await link?.catch(() => undefined))?.close();
  }
}
