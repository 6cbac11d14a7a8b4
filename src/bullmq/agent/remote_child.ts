/**
 * A child process of an agent, and the pipe to it. What comes through the pipe is passed on as it is.
 *
 * @module
 */

import { decodeClone, encodeClone } from "../../relay/clone_bytes.ts";
import type { Frame } from "../../relay/pipe_frame.ts";
import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import type { SerializedThrown } from "../../logging/errors.ts";
import {
  ChildChannel,
  type ChildListener,
  type OutputStream,
} from "../../parallel/backends/child_channel.ts";
import { type ChildEnd, crashReasonOf } from "../../parallel/backends/child_end.ts";
import type { ProcessCommand } from "../../parallel/backends/process_command.ts";
import type { ProcessBatch } from "../../parallel/wire/process_wire.ts";
import { type FromWorker, isFromWorker } from "../../parallel/wire/wire.ts";
import type { SentFrame, Site } from "../wire/messages.ts";

/** What has come through a pipe, or was printed; the bytes are the receiver's. */
export interface ChildFrame {
  readonly kind: SentFrame["kind"];
  readonly payload: Uint8Array;
  readonly buffers: readonly ArrayBuffer[];
  /** What it says, if it is a message of ours. */
  readonly message?: FromWorker;
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
  /** How many calls it was sent. */
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
    this.#channel.send({ type: "start", worker: name, maxRecordLength: site.maxRecordLength });
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
    return this.#used === 0 || this.#used + calls <= this.site.maxTasks;
  }

  /**
   * Sends a batch. What the process runs before its first call comes with the first one.
   *
   * @param batch The calls.
   * @param run Who is told what becomes of them.
   * @throws {Error} If the batch can't be sent.
   */
  start(batch: ProcessBatch, run: ChildRun): void {
    this.#run?.onLeft();
    this.#run = run;
    this.#running = { run, left: batch.calls.index.length };
    this.#used += batch.calls.index.length;
    const { initializer } = this.site;
    if (this.#isNew) {
      this.#isNew = false;
      this.#channel.send({ ...batch, initializer });
      return;
    }
    // Its caller has not heard of it before; and it has nothing to do but this.
    run.onFrame(frameOf({ type: "paralog:ready" }));
    if (initializer) run.onFrame(frameOf({ type: "paralog:initialized" }));
    run.onFrame(frameOf({ type: "paralog:began" }));
    this.#channel.send({ ...batch, initializer: undefined, isBeginKnown: true });
  }

  /** The running call is to come to its end; those behind it are not to start. */
  cancel(reason: SerializedThrown): void {
    this.#channel.send({ type: "cancel", reason });
  }

  /** The levels of the caller have changed. */
  push(levels: LevelTable): void {
    this.#channel.send({ type: "levels", levels });
  }

  /** Ends it, with all that its tasks have started. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#channel.kill(true);
  }

  onFrame({ kind, payload, buffers }: Frame): void {
    const message = kind === "message" ? readMessage(payload, buffers) : undefined;
    this.#run?.onFrame({ kind, payload: payload.slice(), buffers, message });
    if (message) this.#hear(message);
  }

  onOutput(stream: OutputStream, chunk: Uint8Array): void {
    this.#run?.onFrame({ kind: stream, payload: chunk.slice(), buffers: [] });
  }

  onEnd(end: ChildEnd): void {
    // Who was told that its batch is over learns that what it left behind has ended the process.
    if (!this.#running && this.#isAlive && end.kind !== "error") {
      this.#run?.onFrame(frameOf({ type: "paralog:ending", reason: end }));
    }
    this.#isAlive = false;
    this.#tellOver(end);
    this.#run?.onLeft();
    this.#run = undefined;
    this.#onEnd(end);
    this.#ended.resolve();
  }

  /** Only what says that the batch is over matters here. */
  #hear(message: FromWorker): void {
    switch (message.type) {
      case "paralog:ready":
        this.#isReady = true;
        break;
      case "paralog:settled":
        if (!this.#running) break;
        this.#running.left -= message.outcomes.values.length;
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
        message satisfies never;
    }
  }

  #tellLateEnd(end: ChildEnd): void {
    const reason = crashReasonOf(end, this.#isReady);
    this.#run?.onFrame(frameOf({ type: "paralog:ending", reason }));
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
  return { kind: "message", payload: encodeClone(message), buffers: [], message };
}

/** What a task writes there on its own is passed on; its caller drops it. */
function readMessage(payload: Uint8Array, buffers: readonly ArrayBuffer[]): FromWorker | undefined {
  const message = decodeClone(payload, buffers);
  return isFromWorker(message) ? message : undefined;
}
