/**
 * What callers say to agents while their jobs run.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { SerializedThrown } from "../../logging/errors.ts";
import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import { decodeControl, decodeLevels, decodeStop } from "../wire/control.ts";
import type { Control, Stop } from "../wire/messages.ts";
import type { PoolKeys } from "../wire/names.ts";

/** A job that callers may say something to. */
export interface ControlledJob {
  readonly id: string;
  /** What its run is called; `undefined` until that is read. */
  readonly run: string | undefined;
  /** The running call is to come to its end; those behind it are not to start. */
  cancel(reason: SerializedThrown): void;
  /** The process that runs it is to be killed. */
  kill(): void;
  /** The levels of the caller have changed. */
  push(levels: LevelTable): void;
}

/** What is needed of a connection to Redis. */
export interface ControlClient {
  mgetBuffer(...keys: string[]): Promise<(Buffer | null)[]>;
}

/** What is needed of a connection that only listens. */
export interface ControlSubscriber {
  subscribe(channel: string): Promise<unknown>;
  on(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  on(event: "ready", listener: () => void): unknown;
  off(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  off(event: "ready", listener: () => void): unknown;
}

/** What a {@linkcode ControlListener} is given. */
export interface ControlListenerOptions {
  readonly keys: PoolKeys;
  readonly client: ControlClient;
  /** A connection that nobody else uses. */
  readonly subscriber: ControlSubscriber;
  /** The jobs that run now. */
  readonly jobs: () => Iterable<ControlledJob>;
  /** No more batches of a site will come. */
  readonly onLeave: (site: string) => void;
  /** Is told of what Redis refuses. */
  readonly onError: (error: unknown) => void;
}

/** Listens to callers, and looks up what was missed. */
export class ControlListener implements Disposable {
  readonly #options: ControlListenerOptions;
  readonly #onMessage = (_channel: Buffer, message: Buffer) => this.#hear(message);
  readonly #onReady = () => void this.#listen().catch(this.#options.onError);

  /**
   * Does not listen yet.
   *
   * @param options Where to listen, and whose jobs there are.
   */
  constructor(options: ControlListenerOptions) {
    this.#options = options;
  }

  /**
   * Listens from now on.
   *
   * @returns When it does.
   */
  async start(): Promise<void> {
    const { subscriber, keys } = this.#options;
    subscriber.on("messageBuffer", this.#onMessage);
    await subscriber.subscribe(keys.control);
    subscriber.on("ready", this.#onReady);
  }

  /** Listens no more. The connections stay open. */
  [Symbol.dispose](): void {
    const { subscriber } = this.#options;
    subscriber.off("messageBuffer", this.#onMessage);
    subscriber.off("ready", this.#onReady);
  }

  /**
   * Looks up what was said to a job before it was here.
   *
   * @param job The job.
   */
  async check(job: ControlledJob): Promise<void> {
    const { client, keys } = this.#options;
    const { id, run } = job;
    const [stop, levels] = await client.mgetBuffer(
      keys.stop(id),
      ...run === undefined ? [] : [keys.levels(run)],
    );
    const table = decodeLevels(levels);
    if (table) job.push(table);
    const stopping = decodeStop(stop);
    if (stopping) stopJob(job, stopping);
  }

  /** The connection is there again: what was said meanwhile did not come. */
  async #listen(): Promise<void> {
    const { subscriber, keys, jobs } = this.#options;
    await subscriber.subscribe(keys.control);
    await Promise.all(Array.from(jobs(), (job) => this.check(job)));
  }

  #hear(message: Buffer): void {
    try {
      const control = decodeControl(message);
      if (control) this.#tell(control);
    } catch (error) {
      this.#options.onError(error); // Anybody may have written it.
    }
  }

  #tell(control: Control): void {
    switch (control.type) {
      case "cancel":
      case "kill":
        for (const job of this.#options.jobs()) {
          if (control.jobs.includes(job.id)) stopJob(job, control);
        }
        break;
      case "levels":
        for (const job of this.#options.jobs()) {
          if (job.run === control.run) job.push(control.levels);
        }
        break;
      case "leave":
        this.#options.onLeave(control.site);
        break;
      default:
        control satisfies never;
    }
  }
}

function stopJob(job: ControlledJob, stop: Stop): void {
  if (stop.type === "kill") job.kill();
  else job.cancel(stop.reason);
}
