/**
 * A worker of the bullmq backend: a place for one batch at a time. Which agent, and which process there, runs a
 * batch, is found anew for each.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { LogRecord } from "../../logging/record.ts";
import type { BackendWorker, BatchListener, Job, WorkerSite } from "../../parallel/backend.ts";
import type { Site } from "../wire/messages.ts";
import type { CallerLink } from "./caller_link.ts";
import type { BatchOwner, BatchPlan } from "./batch_plan.ts";
import { RemoteBatch } from "./remote_batch.ts";

/** What a worker is given. */
export interface RemoteWorkerOptions {
  /** What its `Parallel` gives. */
  readonly site: WorkerSite;
  /** The same for agents. */
  readonly remoteSite: Site;
  /** Opens the way to the agents, which all workers of the backend share. */
  readonly open: () => Promise<CallerLink>;
  /** The worker has come to its end. */
  readonly onEnd: () => Promise<void>;
}

/** A place for one batch at a time. */
export class RemoteWorker implements BackendWorker {
  readonly name: string;
  readonly #number: number;
  readonly #options: RemoteWorkerOptions;
  #link: CallerLink | undefined;
  /** What it runs, or has run last. */
  #batch: RemoteBatch | undefined;
  /** The run of that, as it is called in Redis. */
  #run: string | undefined;
  #ended: { readonly reason: unknown } | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Makes it; nothing is connected yet.
   *
   * @param number Which worker of the pool it is, from 1.
   * @param options What it is given.
   */
  constructor(number: number, options: RemoteWorkerOptions) {
    this.name = `Remote-${number}`;
    this.#number = number;
    this.#options = options;
  }

  get alive(): boolean {
    return !this.#ended;
  }

  async run(jobs: readonly Job[], caller: CallerRealm, listener: BatchListener): Promise<void> {
    this.#checkAlive();
    const run = jobs[0]?.run;
    if (!run) return;
    const link = this.#link ??= await this.#options.open();
    this.#checkAlive();
    this.#follow(link, link.nameOf(run.id), caller);
    await this.#runParts(this.#ownerOn(link), { jobs, run, caller, listener });
  }

  /** Runs a batch; where it is too long to be sent, or its agents die of it, as several. */
  async #runParts(owner: BatchOwner, plan: BatchPlan): Promise<void> {
    const parts = [plan.jobs];
    for (let jobs = parts.shift(); jobs; jobs = parts.shift()) {
      this.#checkAlive();
      this.#batch?.leave();
      const batch = this.#batch = new RemoteBatch(owner, { ...plan, jobs });
      parts.unshift(...await batch.run());
      if (batch.isStopped) return; // What is left is not to start.
    }
  }

  #checkAlive(): void {
    if (this.#ended) throw this.#ended.reason;
  }

  #ownerOn(link: CallerLink): BatchOwner {
    const { site, remoteSite } = this.#options;
    const die = () => void this.#close(new Error(`${this.name} has ended`));
    return { name: this.name, number: this.#number, site, remoteSite, link, die };
  }

  #follow(link: CallerLink, run: string, caller: CallerRealm): void {
    if (run === this.#run) return;
    link.arrivals.handOn();
    if (this.#run !== undefined) link.runs.leave(this.#run);
    link.runs.enter(run, caller);
    this.#run = run;
  }

  cancel(reason: unknown): boolean {
    return this.#batch?.cancel(reason) ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#batch?.lastRecords(run, index) ?? [];
  }

  async terminate(reason: unknown): Promise<void> {
    this.#ended ??= { reason };
    await this.#batch?.kill(reason);
    await this.#close(reason);
  }

  /** Takes no more batches. What its last one still has to say is waited for. */
  #close(reason: unknown): Promise<void> {
    this.#ended ??= { reason };
    return this.#closing ??= this.#leave();
  }

  async #leave(): Promise<void> {
    await this.#batch?.leaveSoon();
    if (this.#run !== undefined) this.#link?.runs.leave(this.#run);
    await this.#options.onEnd();
  }
}
