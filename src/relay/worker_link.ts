/**
 * The caller's side of what connects it with one worker: the records of its ring and of its port as one
 * row, and news of the worker's end.
 *
 * @module
 */

import {
  MessageChannel,
  type MessagePort as NodePort,
  receiveMessageOnPort,
} from "node:worker_threads";
import { decodeRecord } from "../logging/codec/record_codec.ts";
import type { LogRecord } from "../logging/record.ts";
import type { RelayOptions } from "./relay_options.ts";
import { createRing, isBefore } from "./ring.ts";
import { RingReader } from "./ring_reader.ts";
import type { LinkEnd, SpilledRecord } from "./worker_sink.ts";

/** What a worker has counted itself, because no record of it comes to the caller. */
export interface WorkerCounts {
  /** Taken by handlers that a task configured. */
  readonly written: number;
  /** Refused by levels and filters of a task. */
  readonly filtered: number;
  /** Lost in the worker: by handlers that a task configured, which have reported it, or for want of room. */
  readonly failed: number;
  /** Those of them that were lost because there was no room in time. */
  readonly dropped: number;
}

/** The caller's side of a link. */
export class WorkerLink {
  /** What the worker is given. */
  readonly end: LinkEnd;
  /** Resolves when the worker has ended, however it did. It may never do so: see `Worker.terminate`. */
  readonly ended: Promise<void>;
  readonly #ring: RingReader;
  readonly #gauge: Int32Array<SharedArrayBuffer>;
  readonly #spill: NodePort;
  #spilled: SpilledRecord | undefined;
  #spillsTaken = 0;
  #taken = 0;
  #hasEnded = false;
  #isOver = false;

  /**
   * Makes the link; the worker has to be given its `end`.
   *
   * @param sequence The word that the numbers of records are drawn from.
   * @param options How much it may hold.
   */
  constructor(sequence: SharedArrayBuffer, options: Required<RelayOptions>) {
    const ring = createRing(options.ringBytes);
    const gauge = new SharedArrayBuffer(4);
    const [spill, lifeline] = [new MessageChannel(), new MessageChannel()];
    this.#ring = new RingReader(ring);
    this.#gauge = new Int32Array(gauge);
    this.#spill = spill.port1;
    this.ended = seeEnd(lifeline.port1).then(() => void (this.#hasEnded = true));
    // The cast: Deno's ports of node:worker_threads are the web's ones, with other methods beside them; the
    // types don't say so.
    const [spillEnd, lifelineEnd] = [spill.port2, lifeline.port2] as unknown as MessagePort[];
    if (!spillEnd || !lifelineEnd) throw new TypeError("a MessageChannel has two ports");
    this.end = { ring, sequence, gauge, spill: spillEnd, lifeline: lifelineEnd, options };
  }

  /** A number that the worker may still commit, or a later one; `undefined` if it commits none now. */
  low(): number | undefined {
    return this.#ring.low();
  }

  /** From here on {@linkcode changed} tells what is new, also if the next look should find it. */
  mark(): void {
    this.#ring.mark();
  }

  /** Looks what there is by now; what comes later is not seen until the next call. */
  refresh(): void {
    this.#ring.refresh();
  }

  /** The number of the first record that was not taken, of those that were there. */
  get front(): number | undefined {
    const inRing = this.#ring.front;
    const outside = this.#firstOutside()?.seq;
    if (inRing === undefined || outside === undefined) return inRing ?? outside;
    return isBefore(outside, inRing) ? outside : inRing;
  }

  /** Takes that record, without a place in the sequence of this thread. */
  take(): LogRecord {
    this.#taken++;
    const spilled = this.#firstOutside();
    if (!spilled || spilled.seq !== this.front) return decodeRecord(this.#ring.take());
    this.#spilled = undefined;
    this.#spillsTaken++;
    Atomics.sub(this.#gauge, 0, spilled.text.length);
    return decodeRecord(spilled.text);
  }

  /** Whether there is something new since the last look. */
  get hasChanged(): boolean {
    return this.#ring.hasChanged;
  }

  /** Resolves when there is something new since the last look. Keeps no program alive. */
  changed(): Promise<void> {
    return this.#ring.changed();
  }

  /** What the worker has counted by now. */
  get counts(): WorkerCounts {
    const { written, filtered, lost: failed, dropped } = this.#ring;
    return { written, filtered, failed, dropped };
  }

  /** How many records the worker has sent that were not taken, modulo 2^32 as the count is. */
  get missing(): number {
    return Math.max(0, (this.#ring.count - this.#taken) | 0);
  }

  /** Lets go of everything. The worker, if it still runs, finds nobody who takes its records. */
  close(): void {
    this.#isOver = true;
    this.#ring.close();
    this.#spill.close();
  }

  /** A record is posted before it is counted, so what was counted is there; at the end, also the last. */
  #firstOutside(): SpilledRecord | undefined {
    const mayHaveMore = this.#hasEnded || this.#ring.sentOutside !== this.#spillsTaken;
    if (this.#spilled || this.#isOver || !mayHaveMore) return this.#spilled;
    const received = receiveMessageOnPort(this.#spill);
    this.#spilled = received?.message as SpilledRecord | undefined; // Posted by a WorkerSink.
    return this.#spilled;
  }
}

function seeEnd(lifeline: NodePort): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  lifeline.on("message", () => {}); // Nothing is sent, but a port that nobody listens to stays silent.
  lifeline.on("close", resolve);
  lifeline.unref();
  return promise;
}
