/**
 * What a job has told so far, whichever way it came: through the stream of its run, or with its answer; once, or
 * twice; of one delivery, or of another one after its agent died.
 *
 * @module
 */

import type { Answer, FrameList, SentFrame } from "../wire/messages.ts";

/** What may be missing where the stream was cut. */
export type LostKind = "records" | "outputs";

/** Who is told what is new. */
export interface FeedListener {
  /**
   * An agent has begun with the job: the first one, or another one, and what comes now begins anew.
   *
   * @param worker The name of the worker there; "" where it runs nothing of the job.
   * @param isKnown Whether it is one that had told before: others were taken for its successors, and are none.
   */
  onDelivery(worker: string, isKnown: boolean): void;
  /** Gets each frame once, in its order. */
  onFrame(frame: SentFrame): void;
  /** So many records, or pieces of output, will not come any more: the stream was cut before they were read. */
  onLost(kind: LostKind, count: number): void;
}

/** How much of one kind has come. */
interface Arrived {
  /** The number of the next one, if none is missing. */
  next: number;
  count: number;
}

/** Puts together what comes of one job. */
export class DeliveryFeed {
  readonly #listener: FeedListener;
  /**
   * How much of each delivery has come. What is told of one that another one has followed is not heard: its agent
   * was taken for dead.
   */
  readonly #deliveries = new Map<string, Record<LostKind, Arrived>>();
  #delivery: string | undefined;
  #arrived = nothingArrived();
  /** The number of the next frame that must not be missing. */
  #next = 0;
  #isAnswered = false;

  /**
   * Begins before the first frame.
   *
   * @param listener Who is told.
   */
  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  /**
   * Takes an entry of the stream.
   *
   * @param list The frames in it.
   */
  take(list: FrameList): void {
    if (!this.#follow(list)) return;
    for (const frame of list.frames) {
      // Where the stream was cut, the answer brings what is missing, in its order.
      if (!this.#takeStreamed(frame) && frame.number === this.#next) this.#takeNext(frame);
    }
  }

  /**
   * Takes the answer, once all is read of the stream that the job wrote there. Only who has the job can answer it,
   * so whatever has come of others does not count any more.
   *
   * @param answer The answer.
   */
  finish(answer: Answer): void {
    if (answer.delivery !== this.#delivery) this.#begin(answer);
    for (const frame of answer.frames) {
      if (!this.#takeStreamed(frame) && frame.number >= this.#next) this.#takeNext(frame);
    }
    this.#isAnswered = true;
    for (const kind of ["records", "outputs"] as const) {
      const lost = answer[kind] - this.#arrived[kind].count;
      if (lost > 0) this.#listener.onLost(kind, lost);
    }
  }

  /** Whether the frames are of the delivery that counts. */
  #follow(list: FrameList): boolean {
    if (list.delivery === this.#delivery) return true;
    if (this.#isAnswered || this.#deliveries.has(list.delivery)) return false;
    this.#begin(list);
    return true;
  }

  #begin({ delivery, worker }: FrameList): void {
    const known = this.#deliveries.get(delivery);
    this.#arrived = known ?? nothingArrived();
    this.#deliveries.set(delivery, this.#arrived);
    this.#delivery = delivery;
    this.#next = 0; // The answer tells again what must not be missing.
    this.#listener.onDelivery(worker, known !== undefined);
  }

  /** Takes a frame that may be missing. Returns whether it is one of these. */
  #takeStreamed(frame: SentFrame): boolean {
    const kind = kindOf(frame);
    if (!kind) return false;
    const arrived = this.#arrived[kind];
    if (frame.number < arrived.next) return true;
    arrived.next = frame.number + 1;
    arrived.count++;
    this.#listener.onFrame(frame);
    return true;
  }

  #takeNext(frame: SentFrame): void {
    this.#next = frame.number + 1;
    this.#listener.onFrame(frame);
  }
}

function nothingArrived(): Record<LostKind, Arrived> {
  return { records: { next: 0, count: 0 }, outputs: { next: 0, count: 0 } };
}

function kindOf({ kind }: SentFrame): LostKind | undefined {
  if (kind === "record") return "records";
  return kind === "stdout" || kind === "stderr" ? "outputs" : undefined;
}
