/**
 * What comes of a job, read and in its order.
 *
 * @module
 */

import type { LevelName } from "../../logging/levels.ts";
import type { RecordTally } from "../../logging/outcome.ts";
import type { LogRecord } from "../../logging/record.ts";
import type { FromWorker } from "../../parallel/wire/wire.ts";
import type { ArrivalLane } from "../../relay/arrivals.ts";
import { passOnCounts } from "../../relay/pipe_sink.ts";
import type { Answer, FrameList, SentFrame } from "../wire/messages.ts";
import { DeliveryFeed, type FeedListener, type LostKind } from "./delivery_feed.ts";
import { RemoteOutput } from "./remote_output.ts";
import { readMessage, readRecord } from "./told_frames.ts";

/** Who is told. */
export interface ToldListener extends Pick<FeedListener, "onDelivery"> {
  /** The name of the worker that tells it. */
  readonly name: string;
  /** Whether a record was not told by another delivery. */
  isNews(record: LogRecord): boolean;
  /** Gets a message, once the records that came before are handled. */
  onMessage(message: FromWorker): void;
  /** Something can't be read that may have been the end of a call. */
  onUnreadable(why: string): void;
  /** Logs something about the job. */
  report(level: LevelName, message: string, args: readonly unknown[]): void;
}

const LOST = "%d %s of %s are lost: Redis cut the stream of their run before they were read";

const UNREAD = "%d records of %s could not be read, and are dropped";

/** Reads what is told of one job. */
export class ToldJob implements FeedListener {
  readonly #listener: ToldListener;
  readonly #lane: ArrivalLane;
  readonly #tally: RecordTally;
  readonly #feed = new DeliveryFeed(this);
  readonly #output = new RemoteOutput();
  /** How many records could not be read. */
  #unread = 0;

  /**
   * Begins before the first frame.
   *
   * @param listener Who is told.
   * @param lane Puts what is told in its order.
   * @param tally Counts what becomes of the records of the job.
   */
  constructor(listener: ToldListener, lane: ArrivalLane, tally: RecordTally) {
    this.#listener = listener;
    this.#lane = lane;
    this.#tally = tally;
  }

  /** Takes an entry of the stream. */
  take(list: FrameList): void {
    this.#feed.take(list);
  }

  /** Takes the answer. */
  finish(answer: Answer): void {
    this.#feed.finish(answer);
    const unread = this.#unread;
    if (unread > 0) this.#report(UNREAD, (name) => [unread, name]);
  }

  onDelivery(worker: string, isKnown: boolean): void {
    this.#listener.onDelivery(worker, isKnown);
  }

  onFrame(frame: SentFrame): void {
    const { kind, payload } = frame;
    switch (kind) {
      case "record":
        this.#onRecord(readRecord(payload));
        break;
      case "counts":
        this.#read(() => passOnCounts(payload, this.#tally));
        break;
      case "stdout":
      case "stderr":
        this.#lane.afterwards(() => this.#output.print(kind, payload));
        break;
      case "message": {
        const message = this.#read(() => readMessage(frame));
        if (message) this.#lane.afterwards(() => this.#listener.onMessage(message));
        break;
      }
      default:
        kind satisfies never;
    }
  }

  onLost(kind: LostKind, count: number): void {
    if (kind === "records") this.#tally.count("dropped", count);
    const what = kind === "records" ? "records" : "pieces of output";
    this.#report(LOST, (name) => [count, what, name]);
  }

  #onRecord(record: LogRecord | undefined): void {
    if (record) {
      if (this.#listener.isNews(record)) this.#lane.add(record);
      return;
    }
    this.#unread++;
    this.#tally.count("dropped");
  }

  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#lane.afterwards(() => this.#listener.onUnreadable(why));
    }
  }

  #report(message: string, argsFor: (name: string) => readonly unknown[]): void {
    this.#lane.afterwards(() =>
      this.#listener.report("WARN", message, argsFor(this.#listener.name))
    );
  }
}
