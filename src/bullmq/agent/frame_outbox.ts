/**
 * What a job tells its caller while it runs: gathered for a moment, and put into the stream of its run.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { packFrames } from "../wire/frame_list.ts";
import type { Answer, SentFrame } from "../wire/messages.ts";
import { isShortOutcome, OutcomeFrame, type ShortOutcome } from "./outcome_frame.ts";
import type { ChildFrame } from "./remote_child.ts";

/** How long a frame waits for others to go with, in milliseconds. */
const PAUSE = 5;

/** How many bytes go at once without waiting for more. */
const ENOUGH = 64 * 1024;

/** How many bytes go at once at most, if a frame alone is not longer. */
const MOST_AT_ONCE = 1024 * 1024;

/** How many bytes of records and output wait at most while Redis is gone. What comes then is dropped, and counted. */
const MOST_WAITING = 32 * 1024 * 1024;

/** How many entries the stream of a run has at most, about. A caller that is behind by more loses records. */
const MOST_ENTRIES = 10_000;

/** How many bytes of memory entries of the same length take there at most, about: 256 MB. */
const MOST_STREAM_BYTES = 256 * 1024 * 1024;

/** A caller that is not too slow gets to read an entry, however long it is. */
const FEWEST_ENTRIES = 16;

/** How long a stream is there that nobody writes to, in seconds. */
const KEPT = 3600;

/** How long until what Redis has refused is sent again, in milliseconds. */
const REFUSED_PAUSE = 1000;

/** What is needed of a connection to Redis. */
export interface OutboxClient {
  xadd(key: string, ...args: (string | number | Buffer)[]): Promise<string | null>;
  expire(key: string, seconds: number): Promise<unknown>;
}

/** What a {@linkcode FrameOutbox} is given. */
export interface FrameOutboxOptions {
  readonly client: OutboxClient;
  /** The key of the run's stream. */
  readonly stream: string;
  /** The id of the job. */
  readonly job: string;
  /** Names this delivery of it. */
  readonly delivery: string;
  /** The name of the process that runs it. */
  readonly worker: string;
  /** How long the answer may be, in bytes. */
  readonly limit: number;
  /** Is told of what Redis refuses. It is tried again. */
  readonly onError: (error: unknown) => void;
}

/** What an answer has of the frames of its job. */
export type OutboxRest = Pick<Answer, "frames" | "records" | "outputs" | "last">;

/** What is numbered together. */
type Family = "records" | "outputs" | "others";

/** A frame with what is known of it here. */
interface Entry {
  readonly frame: SentFrame;
  /** Which of all frames it is. */
  readonly place: number;
  /** About how many bytes it has. */
  bytes: number;
}

/** Numbers the frames of a job, and sends them. */
export class FrameOutbox {
  readonly #options: FrameOutboxOptions;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  /** Neither records nor output: the answer has it again, as long as that is not too long. */
  #kept: Entry[] | undefined = [];
  #keptBytes = 0;
  #places = 0;
  /** How many frames of each family there were. */
  readonly #counts: Record<Family, number> = { records: 0, outputs: 0, others: 0 };
  #last: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<boolean> | undefined;
  #isDue = false;
  #state: "open" | "finishing" | "answered" | "closed" = "open";

  /**
   * Begins with nothing.
   *
   * @param options Where to send what comes.
   */
  constructor(options: FrameOutboxOptions) {
    this.#options = options;
  }

  /**
   * Takes a frame.
   *
   * @param frame The frame. Its bytes must be left as they are.
   */
  add(frame: ChildFrame): void {
    if (this.#state === "closed") return;
    const bytes = frame.buffers.reduce(
      (sum, { byteLength }) => sum + byteLength,
      frame.payload.length,
    );
    const family = familyOf(frame.kind);
    const isShort = isShortOutcome(frame);
    if (isShort && this.#addToLast(frame)) return;
    const number = this.#counts[family]++;
    const isNeeded = family === "others";
    if (!isNeeded && this.#waitingBytes + bytes > MOST_WAITING) return; // The counts tell of it.
    const { kind, payload, buffers } = frame;
    const sent = isShort ? new OutcomeFrame(number, frame) : { kind, number, payload, buffers };
    const entry: Entry = { frame: sent, place: this.#places++, bytes };
    if (isNeeded) this.#keep(entry);
    this.#waiting.push(entry);
    this.#waitingBytes += bytes;
    this.#sendSoon();
  }

  /** What calls have logged comes before their outcome, so only outcomes that follow each other go together. */
  #addToLast(frame: ShortOutcome): boolean {
    const last = this.#waiting.at(-1);
    if (!(last?.frame instanceof OutcomeFrame)) return false;
    const bytes = last.frame.add(frame);
    last.bytes += bytes;
    this.#keptBytes += bytes;
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= ENOUGH) this.#sendSoon();
    return true;
  }

  /** The batch is over: nothing is sent that can go with the answer. */
  hold(): void {
    this.#state = "finishing";
    this.#stopTimer();
  }

  /**
   * Ends what goes with the answer. What comes afterwards goes into the stream.
   *
   * @returns What the answer has.
   */
  async finish(): Promise<OutboxRest> {
    this.hold();
    let isTaken = await this.#sending ?? true;
    if (this.#kept) this.#waitOnlyFor(({ frame }) => familyOf(frame.kind) !== "others");
    // Many records need not go with the answer, but what Redis does not take there may.
    while (isTaken && this.#waitingBytes >= ENOUGH) isTaken = await this.#send();
    const entries = [...new Set([...this.#kept ?? [], ...this.#waiting])];
    entries.sort((one, other) => one.place - other.place);
    this.#state = "answered";
    this.#kept = undefined;
    this.#waitOnlyFor(() => false);
    const { records, outputs } = this.#counts;
    return { frames: entries.map(({ frame }) => frame), records, outputs, last: this.#last };
  }

  /** Nothing more comes. What came after the answer, and still waits, is sent. */
  async close(): Promise<void> {
    const isAnswered = this.#state === "answered";
    this.#state = "closed";
    this.#stopTimer();
    if (!isAnswered) return; // Nobody will ask for it.
    let isTaken = await this.#sending ?? true;
    while (isTaken && this.#waiting.length > 0) isTaken = await this.#send();
  }

  /** Results that are too long together are in the stream only. */
  #keep(entry: Entry): void {
    this.#keptBytes += entry.bytes;
    if (this.#keptBytes > this.#options.limit) this.#kept = undefined;
    this.#kept?.push(entry);
  }

  /** What comes in a moment, or while something is sent, goes together. */
  #sendSoon(pause = PAUSE): void {
    if (this.#sending || this.#state === "finishing" || this.#state === "closed") return;
    if (this.#waitingBytes < ENOUGH || pause !== PAUSE) {
      this.#timer ??= setTimeout(() => void this.#send(), pause);
    } else if (!this.#isDue) {
      this.#isDue = true;
      queueMicrotask(() => this.#sendNow()); // The batch may be over with this frame.
    }
  }

  #sendNow(): void {
    this.#isDue = false;
    if (this.#sending || this.#state === "finishing" || this.#state === "closed") return;
    if (this.#waiting.length > 0) void this.#send();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Sends what waits, or the beginning of it. Tells whether Redis took it. */
  #send(): Promise<boolean> {
    this.#stopTimer();
    const entries = this.#takeSome();
    return this.#sending = this.#write(entries).then((isTaken) => {
      this.#sending = undefined;
      if (!isTaken) this.#putBack(entries);
      if (this.#waiting.length > 0) this.#sendSoon(isTaken ? PAUSE : REFUSED_PAUSE);
      return isTaken;
    });
  }

  #takeSome(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      if (count > 0 && bytes + entry.bytes > MOST_AT_ONCE) break;
      bytes += entry.bytes;
      count++;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  #waitOnlyFor(isWaiting: (entry: Entry) => boolean): void {
    this.#waiting = this.#waiting.filter(isWaiting);
    this.#waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #putBack(entries: readonly Entry[]): void {
    this.#waiting = [...entries, ...this.#waiting];
    for (const { bytes } of entries) this.#waitingBytes += bytes;
  }

  async #write(entries: readonly Entry[]): Promise<boolean> {
    const { client, stream, job, delivery, worker, onError } = this.#options;
    const frames = entries.map(({ frame }) => frame);
    try {
      const packed = packFrames({ delivery, worker, frames });
      const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
      const adding = client.xadd(
        stream,
        "MAXLEN",
        "~",
        mostEntries(bytes.length),
        "*",
        "job",
        job,
        "frames",
        bytes,
      );
      // Its caller may have removed the stream: then it is a new one, which nobody removes.
      client.expire(stream, KEPT).catch(onError);
      this.#last = await adding ?? this.#last;
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }
}

/** How many entries of a length the stream is to have at most. */
function mostEntries(bytes: number): number {
  return Math.min(MOST_ENTRIES, Math.max(FEWEST_ENTRIES, Math.floor(MOST_STREAM_BYTES / bytes)));
}

function familyOf(kind: SentFrame["kind"]): Family {
  if (kind === "record") return "records";
  return kind === "stdout" || kind === "stderr" ? "outputs" : "others";
}
