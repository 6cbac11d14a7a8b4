/**
 * The ways by which the jobs of an agent tell their callers something.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { PoolKeys } from "../wire/names.ts";
import { FrameOutbox, type FrameOutboxOptions, type OutboxClient } from "./frame_outbox.ts";

/** How long a result is kept that its caller does not read, in seconds. */
const KEPT = 3600;

/** What is needed of a connection to Redis. */
export interface OutboxesClient extends OutboxClient {
  set(key: string, value: Buffer, token: "EX", seconds: number): Promise<unknown>;
}

/** What {@linkcode Outboxes} are given. */
export interface OutboxesOptions extends Pick<FrameOutboxOptions, "limit" | "onError"> {
  readonly client: OutboxesClient;
  readonly keys: PoolKeys;
}

/** Names a job, and what runs it. */
export interface OutboxNames extends Pick<FrameOutboxOptions, "job" | "delivery" | "worker"> {
  /** What its run is called. */
  readonly run: string;
}

/** Opens and closes outboxes. */
export class Outboxes {
  readonly #options: OutboxesOptions;
  /** What came after an answer, on its way. */
  readonly #late = new Set<Promise<void>>();

  /**
   * Begins without any.
   *
   * @param options Where to send what comes.
   */
  constructor(options: OutboxesOptions) {
    this.#options = options;
  }

  /**
   * Opens the outbox of a job.
   *
   * @param names The names of the job, and of what runs it.
   */
  open({ run, ...names }: OutboxNames): FrameOutbox {
    const { client, keys, limit, onError } = this.#options;
    return new FrameOutbox({ ...names, client, stream: keys.stream(run), limit, onError });
  }

  /** Sends what came after the answer of a job; nothing more comes. */
  close(outbox: FrameOutbox): void {
    const closing = outbox.close().finally(() => this.#late.delete(closing));
    this.#late.add(closing);
  }

  /**
   * Keeps a long answer.
   *
   * @param job The id of its job.
   * @param bytes The answer.
   */
  async store(job: string, bytes: Uint8Array): Promise<void> {
    const { client, keys } = this.#options;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    await client.set(keys.result(job), buffer, "EX", KEPT);
  }

  /** Is resolved when all that came late is sent. */
  async flushed(): Promise<void> {
    await Promise.all(this.#late);
  }
}
