/**
 * A job that an agent has taken, until it is answered.
 *
 * @module
 */

import { type SerializedThrown, serializeThrown } from "../../logging/errors.ts";
import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import { decodeJob, type ReceivedJob } from "../wire/job_data.ts";
import { encodeAnswer } from "../wire/job_result.ts";
import type { Answer, JobResult } from "../wire/messages.ts";
import { PayloadTooLongError, TRUSTED_LIMIT } from "../wire/payload.ts";
import type { ChildPool } from "./child_pool.ts";
import type { ControlledJob, ControlListener } from "./control_listener.ts";
import type { FrameOutbox } from "./frame_outbox.ts";
import { type AdmittedJob, type JobGate, JobRefusedError } from "./job_gate.ts";
import type { Outboxes } from "./outboxes.ts";
import {
  type ChildFrame,
  type ChildRun,
  frameOf,
  type PackedBatch,
  type RemoteChild,
} from "./remote_child.ts";

/** What is known of a job when it is taken. */
export interface TakenJob {
  readonly id: string;
  /** What its caller has put into the queue, if it was a caller. */
  readonly data: unknown;
  /** Whether it was taken before, by an agent that has not answered. */
  readonly isAgain: boolean;
}

/** What a job needs of its agent. */
export interface JobHost {
  /** The longest job, and the longest result, in bytes. */
  readonly maxPayload: number;
  /** Says what is run. */
  readonly gate: JobGate;
  /** Where it is run. */
  readonly children: ChildPool;
  /** What its frames go through. */
  readonly outboxes: Outboxes;
  /** Looks up what was said to the job before it was here. */
  readonly control: ControlListener;
}

/** The job is another agent's by now: nobody waits for what becomes of it here. */
export class LockLostError extends Error {
  override readonly name = "LockLostError";

  /**
   * Makes the error.
   *
   * @param job The id of the job.
   */
  constructor(job: string) {
    super(`Cannot answer job ${job}: it is no longer this agent's`);
  }
}

/** A job, from when it is taken to its answer. */
export class JobRun implements ControlledJob, ChildRun {
  readonly id: string;
  readonly #job: TakenJob;
  readonly #host: JobHost;
  readonly #delivery = crypto.randomUUID();
  readonly #over = Promise.withResolvers<ChildEnd | undefined>();
  #run: string | undefined;
  #child: RemoteChild | undefined;
  #outbox: FrameOutbox | undefined;
  #levels: LevelTable | undefined;
  /** What its caller has said before it began. */
  #cancelled: SerializedThrown | undefined;
  /** The name of the process, with that of its agent. */
  #worker = "";
  #isKilled = false;
  #isLost = false;
  #isOver = false;

  /**
   * Begins with nothing.
   *
   * @param job The job.
   * @param host Its agent.
   */
  constructor(job: TakenJob, host: JobHost) {
    this.id = job.id;
    this.#job = job;
    this.#host = host;
  }

  /** Whether its process is done with it, so that Redis alone is waited for. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get run(): string | undefined {
    return this.#run;
  }

  /**
   * Runs it.
   *
   * @returns Its answer, as BullMQ keeps it.
   * @throws {JobRefusedError} If it is not run, or what it results in can't be sent.
   * @throws {LockLostError} If another agent has it by now.
   */
  async work(): Promise<JobResult> {
    const received = this.#read();
    const job = this.#host.gate.admit(received);
    // Who has taken back a job may have done so long ago.
    if (this.#job.isAgain) await this.#host.control.check(this);
    if (this.#isLost) throw new LockLostError(this.id);
    if (this.#isKilled || this.#cancelled) return await this.#answerUnrun();
    const { batch } = job.envelope;
    return await this.#runIn(this.#take(job), { batch, args: received.args });
  }

  cancel(reason: SerializedThrown): void {
    this.#cancelled = reason;
    if (!this.#isOver) this.#child?.cancel(reason);
  }

  kill(): void {
    this.#isKilled = true;
    if (!this.#isOver) this.#child?.kill();
  }

  push(levels: LevelTable): void {
    this.#levels = levels;
    if (!this.#isOver) this.#child?.push(levels);
  }

  /** Another agent has it, or gets it. */
  abandon(): void {
    this.#isLost = true;
    this.kill(); // What it does may be done by another one at the same time.
  }

  onFrame(frame: ChildFrame): void {
    this.#outbox?.add(this.#isTooLong(frame) ? this.#shorten(frame) : frame);
  }

  onOver(end: ChildEnd | undefined): void {
    this.#isOver = true;
    this.#outbox?.hold();
    this.#over.resolve(end);
  }

  onLeft(): void {
    if (this.#outbox) this.#host.outboxes.close(this.#outbox);
  }

  #read(): ReceivedJob {
    const { data } = this.#job;
    try {
      const received = decodeJob(data, { limit: this.#host.maxPayload });
      this.#run = received.run;
      return received;
    } catch (cause) {
      throw new JobRefusedError(cause);
    }
  }

  #take({ envelope, wishes }: AdmittedJob): RemoteChild {
    try {
      return this.#host.children.take(envelope, wishes);
    } catch (cause) {
      throw new JobRefusedError(cause);
    }
  }

  async #runIn(child: RemoteChild, { batch, args }: PackedBatch): Promise<JobResult> {
    this.#child = child;
    const outbox = this.#open(child.name);
    try {
      const levels = this.#levels ? [...this.#levels] : batch.levels;
      child.start({ batch: { ...batch, levels }, args }, this);
    } catch (cause) {
      child.kill();
      throw new JobRefusedError(cause);
    }
    // A job that is new waits for nothing. Where Redis is gone, what is said comes when it is there again.
    if (!this.#job.isAgain) this.#host.control.check(this).catch(() => {});
    const end = await this.#over.promise;
    await child.outputRead();
    this.#host.children.giveBack(child);
    const rest = await outbox.finish();
    return await this.#answer({ ...rest, end, isReady: child.isReady });
  }

  /** Its caller does not want it any more. */
  async #answerUnrun(): Promise<JobResult> {
    const outbox = this.#open("");
    if (this.#cancelled) outbox.add(frameOf({ type: "paralog:cancelled" }));
    const rest = await outbox.finish();
    const end: ChildEnd | undefined = this.#isKilled
      ? { kind: "signal", signal: "SIGKILL" }
      : undefined;
    return await this.#answer({ ...rest, end, isReady: true });
  }

  #open(worker: string): FrameOutbox {
    const names = { run: this.#run ?? "", job: this.id, delivery: this.#delivery, worker };
    this.#worker = worker;
    return this.#outbox = this.#host.outboxes.open(names);
  }

  async #answer(end: Omit<Answer, "delivery" | "worker">): Promise<JobResult> {
    if (this.#isLost) throw new LockLostError(this.id);
    const answer = { ...end, delivery: this.#delivery, worker: this.#worker };
    try {
      return await encodeAnswer(answer, {
        limit: TRUSTED_LIMIT, // The result of each call was looked at when it came.
        store: (bytes) => this.#host.outboxes.store(this.id, bytes),
      });
    } catch (cause) {
      throw new JobRefusedError(cause);
    }
  }

  #isTooLong({ kind, payload, buffers }: ChildFrame): boolean {
    return kind === "message" &&
      buffers.reduce((sum, { byteLength }) => sum + byteLength, payload.length) >
        this.#host.maxPayload;
  }

  /** A result that is too long is the failure of its own call only. */
  #shorten(frame: ChildFrame): ChildFrame {
    const { type, payload, buffers } = frame;
    if (type !== "paralog:settled") return frame;
    const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, payload.length);
    const error = serializeThrown(new PayloadTooLongError(bytes, this.#host.maxPayload));
    // A process tells of each call at once: it is one that has returned that much.
    return frameOf({ type, outcomes: { values: [error], ms: [0], failed: [0] } });
  }
}
