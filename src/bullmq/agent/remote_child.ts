/**
 * A child process of an agent, and the pipe to it. What comes through the pipe is passed on as it is.
 *
 * @module
 */

import type { Frame } from "../../relay/pipe_frame.ts";
import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import type { SerializedThrown } from "../../logging/errors.ts";
import {
  ChildChannel,
  type ChildListener,
  type OutputStream,
} from "../../parallel/backends/child_channel.ts";
import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import type { ProcessCommand } from "../../parallel/backends/process_command.ts";
import { decodeMessage, encodeMessage } from "../../parallel/wire/process_message.ts";
import { type FromWorker, isFromWorker } from "../../parallel/wire/wire.ts";
import type { SentBatch, SentFrame, Site } from "../wire/messages.ts";
import { MarkedOutput } from "./marked_output.ts";

/** What has come through a pipe, or was printed; the bytes are the receiver's. */
export interface ChildFrame {
  readonly kind: SentFrame["kind"];
  readonly payload: Uint8Array;
  readonly buffers: readonly ArrayBuffer[];
  /** What it says, if it is a message of ours, and not a long one. */
  readonly message?: FromWorker;
  /** What kind of message it is. */
  readonly type?: FromWorker["type"];
}

/** A batch whose arguments are bytes, which the process reads. */
export interface PackedBatch {
  /** The batch, with no arguments. */
  readonly batch: SentBatch;
  /** A `ClonedArgs`. */
  readonly args: ArrayBuffer;
}

/** Who is told what becomes of a batch. */
export interface ChildRun {
  /** Gets each frame; also those that come between the end of the batch and {@linkcode onLeft}. */
  onFrame(frame: ChildFrame): void;
  /**
   * The batch has come to its end.
   *
   * @param end How the process has come to its end, if it did.
   */
  onOver(end: ChildEnd | undefined): void;
  /** Nothing more will come: the process has the next batch, or is gone. */
  onLeft(): void;
}

/** How long what was printed in a batch is waited for, in milliseconds: the marks are on their way. */
const OUTPUT_WAIT = 500;

/** What a child process is given. */
export interface RemoteChildOptions {
  /** The name that its records carry. */
  readonly name: string;
  /** What it is to be. */
  readonly site: Site;
  /** What starts it. */
  readonly command: ProcessCommand;
  /** Is told of its end. */
  readonly onEnd: (end: ChildEnd) => void;
}

/** A batch that is under way in a process. */
interface RunningBatch {
  readonly run: ChildRun;
  /** How many of its calls have not come to their end. */
  left: number;
}

/** A process, from its start to its end. */
export class RemoteChild implements ChildListener {
  readonly name: string;
  readonly site: Site;
  /** Whether it can import the modules of calls. */
  readonly imports: ProcessCommand["imports"];
  readonly #channel: ChildChannel;
  readonly #onEnd: (end: ChildEnd) => void;
  readonly #ended = Promise.withResolvers<void>();
  #isAlive = true;
  #isReady = false;
  #isNew = true;
  readonly #outputs: Readonly<Record<OutputStream, MarkedOutput>>;
  /** How often each stream was read to the end of a batch. */
  readonly #marks = { stdout: 0, stderr: 0 };
  #onMark: () => void = () => {};
  /** Whether a mark did not come. */
  #isClosed = false;
  /** How many batches it was sent, and how many calls. */
  #batches = 0;
  #used = 0;
  #running: RunningBatch | undefined;
  /** Who gets what comes. */
  #run: ChildRun | undefined;

  /**
   * Starts it.
   *
   * @param options What it is given.
   */
  constructor({ name, site, command, onEnd }: RemoteChildOptions) {
    this.name = name;
    this.site = site;
    this.imports = command.imports;
    this.#onEnd = onEnd;
    this.#channel = new ChildChannel(command.args, this, command.reaper);
    const outputMark = `\0${crypto.randomUUID()}\0`;
    this.#outputs = { stdout: new MarkedOutput(outputMark), stderr: new MarkedOutput(outputMark) };
    const { maxRecordLength } = site;
    this.#channel.send({ type: "start", worker: name, maxRecordLength, outputMark });
  }

  /** Whether it can run a batch. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Whether its own modules are loaded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Is resolved once it has ended, and all that it wrote is read. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Whether it may run so many more calls: processes are renewed after some, if their caller wants that.
   *
   * @param calls How many.
   */
  hasRoomFor(calls: number): boolean {
    const { maxTasks = Infinity } = this.site;
    return this.#used === 0 || this.#used + calls <= maxTasks;
  }

  /**
   * Sends a batch. What the process runs before its first call comes with the first one.
   *
   * @param packed The calls, with their arguments as bytes, which are moved.
   * @param run Who is told what becomes of them.
   * @throws {Error} If the batch can't be sent.
   */
  start({ batch, args }: PackedBatch, run: ChildRun): void {
    this.#run?.onLeft();
    this.#run = run;
    this.#running = { run, left: batch.calls.index.length };
    this.#batches++;
    this.#used += batch.calls.index.length;
    const { initializer } = this.site;
    const message = { ...batch, hasClonedArgs: true };
    const parts = { buffers: [args], moved: [args] };
    if (this.#isNew) {
      this.#isNew = false;
      this.#channel.send({ ...message, initializer }, parts);
      return;
    }
    // Its caller has not heard of it before.
    run.onFrame(frameOf({ type: "paralog:ready" }));
    if (initializer) run.onFrame(frameOf({ type: "paralog:initialized" }));
    this.#channel.send({ ...message, initializer: undefined }, parts);
  }

  /** The running call is to come to its end; those behind it are not to start. */
  cancel(reason: SerializedThrown): void {
    this.#channel.send({ type: "cancel", reason });
  }

  /** The levels of the caller have changed. */
  push(levels: LevelTable): void {
    this.#channel.send({ type: "levels", levels: [...levels] });
  }

  /** Ends it, with all that its tasks have started. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#channel.kill(true);
  }

  onFrame({ kind, payload, buffers }: Frame): void {
    const read = kind === "message" ? readMessage(payload, buffers) : {};
    this.#run?.onFrame({ kind, payload: payload.slice(), buffers, ...read });
    if (read.type) this.#hear(read.type, read.message);
  }

  onOutput(stream: OutputStream, chunk: Uint8Array): void {
    const { bytes, marks } = this.#outputs[stream].take(chunk);
    this.#passOn(stream, bytes);
    this.#marks[stream] += marks;
    if (marks > 0) this.#onMark();
  }

  #passOn(stream: OutputStream, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#run?.onFrame({ kind: stream, payload: bytes.slice(), buffers: [] });
  }

  /**
   * Waits until all is read that was printed in the batch which is over.
   *
   * @returns When it is; or soon, where its tasks have closed its streams, or it has ended.
   */
  async outputRead(): Promise<void> {
    const isRead = () => Object.values(this.#marks).every((count) => count >= this.#batches);
    if (isRead() || !this.#isAlive || this.#isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#isClosed = true;
      resolve();
    }, OUTPUT_WAIT);
    const onMark = () => void (isRead() && resolve());
    this.#onMark = onMark; // Written here, V8 would let it live long, with all that it reaches.
    await Promise.race([promise, this.ended]);
    clearTimeout(timer);
  }

  onEnd(end: ChildEnd): void {
    // Who was told that its batch is over learns that what it left behind has ended the process.
    if (!this.#running && this.#isAlive && end.kind !== "error") {
      this.#run?.onFrame(frameOf({ type: "paralog:ending", reason: end }));
    }
    this.#isAlive = false;
    for (const stream of ["stdout", "stderr"] as const) {
      this.#passOn(stream, this.#outputs[stream].rest());
    }
    this.#tellOver(end);
    this.#run?.onLeft();
    this.#run = undefined;
    this.#onEnd(end);
    this.#ended.resolve();
  }

  /** Only what says that the batch is over matters here. */
  #hear(kind: FromWorker["type"], message: FromWorker | undefined): void {
    switch (kind) {
      case "paralog:ready":
        this.#isReady = true;
        break;
      case "paralog:settled":
        if (!this.#running) break;
        this.#running.left -= endsIn(message);
        if (this.#running.left <= 0) this.#tellOver();
        break;
      case "paralog:cancelled":
        this.#tellOver();
        break;
      case "paralog:uncaught":
      case "paralog:ending":
        this.kill(); // What it wrote before comes all the same.
        break;
      case "paralog:initialized":
      case "paralog:began":
      case "paralog:loading":
      case "paralog:listening":
      case "paralog:progress":
        break;
      default:
        kind satisfies never;
    }
  }

  #tellOver(end?: ChildEnd): void {
    const running = this.#running;
    this.#running = undefined;
    running?.run.onOver(end);
  }
}

/**
 * A message as if a process had sent it.
 *
 * @param message What it says.
 */
export function frameOf(message: FromWorker): ChildFrame {
  const { type } = message;
  return { kind: "message", payload: encodeMessage(message), buffers: [], message, type };
}

/**
 * The longest message that is read here, in bytes. To read what a task has returned may take seconds, in which this
 * thread would renew no locks.
 */
const MOST_READ = 64 * 1024;

/** How many bytes of a message say what kind it is: its type is what is written first. */
const TYPE_BYTES = 48;

const latin1 = new TextDecoder("latin1");

/** What a task writes there on its own is passed on; its caller drops it. */
function readMessage(
  payload: Uint8Array,
  buffers: readonly ArrayBuffer[],
): Pick<ChildFrame, "message" | "type"> {
  if (payload.length > MOST_READ) {
    const [type] = /paralog:[a-z]+/.exec(latin1.decode(payload.subarray(0, TYPE_BYTES))) ?? [];
    const message = { type };
    return isFromWorker(message) ? { type: message.type } : {};
  }
  const message = decodeMessage(payload, buffers);
  return isFromWorker(message) ? { type: message.type, message } : {};
}

/** How many calls a message tells the end of. A process tells of each at once, so a long one is about one. */
function endsIn(message: FromWorker | undefined): number {
  return message?.type === "paralog:settled" ? message.outcomes.values.length : 1;
}
