/**
 * How far the stream of one run is read.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import type { Redis } from "../redis/redis.ts";
import { BEFORE_ALL, isAfter } from "./stream_id.ts";

/** What an agent has written into the stream of a run. */
export interface RunEntry {
  /** The id of the entry. */
  readonly id: string;
  /** The id of the job that it belongs to. */
  readonly job: string;
  /** Frames of the job, as `packFrames` writes them. */
  readonly frames: Uint8Array;
}

/** An entry as Redis gives it: its id; names and values in turn. */
export type RawEntry = [id: Uint8Array, fields: Uint8Array[] | null];

/** What {@linkcode RunStream} needs. */
export interface RunStreamOptions {
  /** The key of the stream. */
  readonly key: string;
  /** Gets each entry. */
  readonly listener: (entry: RunEntry) => void;
  /** A connection for commands. */
  readonly client: Redis;
  /** Is told what could not be read or handled. */
  readonly onError: (error: unknown) => void;
}

/**
 * How long the reader of all streams is waited for, in milliseconds: the entry is on its way, unless the stream was
 * cut or the connection is lost.
 */
const PATIENCE = 50;

/** How many entries are read at once. */
const COUNT = 100;

/** Who waits for an entry. */
interface Waiting {
  readonly id: string;
  readonly resolve: () => void;
}

const DECODER = new TextDecoder();

/** Hands on the entries of a run's stream: each once, in order, whichever way they come. */
export class RunStream {
  /** The key of the stream. */
  readonly key: string;
  /** Whether the reader of all streams looks at it. */
  isWatched = false;
  readonly #listener: (entry: RunEntry) => void;
  readonly #client: Redis;
  readonly #onError: (error: unknown) => void;
  #position = BEFORE_ALL;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFetching = false;
  #isFetched = false;
  #isClosed = false;

  /**
   * Begins before the first entry.
   *
   * @param options The stream, and who gets its entries.
   */
  constructor({ key, listener, client, onError }: RunStreamOptions) {
    this.key = key;
    this.#listener = listener;
    this.#client = client;
    this.#onError = onError;
  }

  /** The id of the last entry that was handed on. */
  get position(): string {
    return this.#position;
  }

  /** Whether there is reason to think that anything is in the stream. */
  get isUsed(): boolean {
    return this.isWatched || this.#isFetched;
  }

  /**
   * Takes entries. Those that came before are left out.
   *
   * @param entries All that the stream has from the position, at some time since, to the last one of them.
   */
  take(entries: readonly RawEntry[]): void {
    for (const [rawId, fields] of entries) {
      if (this.#isClosed) return; // The listener itself may have left the run.
      const id = DECODER.decode(rawId);
      if (!isAfter(id, this.#position)) continue;
      this.#position = id;
      this.#handOn(id, fields ?? []);
    }
    this.#release((waiting) => !isAfter(waiting.id, this.#position));
  }

  #handOn(id: string, fields: readonly Uint8Array[]): void {
    let job: string | undefined;
    let frames: Uint8Array | undefined;
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const name = DECODER.decode(fields[index]);
      if (name === "job") job = DECODER.decode(fields[index + 1]);
      else if (name === "frames") frames = fields[index + 1];
    }
    try {
      if (job !== undefined && frames !== undefined) this.#listener({ id, job, frames });
    } catch (error) {
      this.#onError(error);
    }
  }

  /**
   * Waits until the stream is read up to an entry, or it is known that the entry is gone.
   *
   * @param id The id of the entry.
   * @returns When that is so; also when the run is not followed any more.
   */
  caughtUp(id: string): Promise<void> {
    if (!isAfter(id, this.#position)) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ id, resolve });
    this.#waitForReader();
    return promise;
  }

  /** Hands on nothing more, and lets nobody wait any more. */
  close(): void {
    this.#isClosed = true;
    this.#release(() => true);
  }

  #release(isOver: (waiting: Waiting) => boolean): void {
    if (this.#waiting.length === 0) return;
    const over = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((waiting) => !over.includes(waiting));
    for (const { resolve } of over) resolve();
    if (this.#waiting.length > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #waitForReader(): void {
    if (this.#timer !== undefined || this.#isFetching || this.#waiting.length === 0) return;
    if (!this.isWatched) {
      this.#fetch().then(() => this.#waitForReader());
      return;
    }
    const before = this.#position;
    this.#timer = setTimeout(async () => {
      this.#timer = undefined;
      if (before === this.#position) await this.#fetch();
      this.#waitForReader();
    }, PATIENCE);
  }

  /** Reads up to the entries that are waited for, without the reader of all streams. */
  async #fetch(): Promise<void> {
    this.#isFetching = this.#isFetched = true;
    const awaited = new Set(this.#waiting);
    const last = this.#waiting.reduce((a, b) => isAfter(a.id, b.id) ? a : b).id;
    try {
      for (let count = COUNT; count === COUNT && this.#waiting.length > 0;) {
        const from = `(${this.#position}`;
        const entries = await this.#client.xrangeBuffer(this.key, from, last, "COUNT", COUNT);
        this.take(entries);
        count = entries.length;
      }
    } catch (error) {
      this.#onError(error); // What is lost with it is seen by the numbers of the records.
    }
    this.#isFetching = false;
    this.#release((waiting) => awaited.has(waiting)); // What did not come is gone.
  }
}
