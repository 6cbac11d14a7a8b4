/**
 * A job, from when it is packed to what has become of it.
 *
 * @module
 */

import type { SerializedThrown } from "../../logging/errors.ts";
import { AgentRefusalError } from "./agent_refusal_error.ts";
import { decodeAnswer, decodeRefusal } from "../wire/job_result.ts";
import type { Answer, FrameList, JobData } from "../wire/messages.ts";
import { PayloadTooLongError, TRUSTED_LIMIT } from "../wire/payload.ts";
import type { Settlement, Settlements } from "./settlements.ts";

/** What has become of a job. */
export type JobEnd =
  /** An agent has run it, as far as its process went. */
  | { readonly kind: "answer"; readonly answer: Answer }
  /** It was not run. Each call has an error of its own. */
  | { readonly kind: "refused"; readonly makeError: () => unknown }
  /** It is longer than may be sent. Nothing of it was. */
  | { readonly kind: "too long"; readonly error: PayloadTooLongError }
  /** Nobody knows what has become of it. */
  | { readonly kind: "lost"; readonly message: string }
  /** Its agents died, again and again. */
  | { readonly kind: "given up"; readonly message: string }
  /** It was taken back before an agent took it, or is not wanted any more. */
  | { readonly kind: "taken back" };

/** What a job needs of the way to the agents. */
export interface JobCarrier {
  readonly settlements: Settlements;
  /** Adds a job to the queue; to do it again changes nothing. */
  add(id: string, data: JobData): Promise<void>;
  /** Takes a job out of the queue, if no agent has it. Returns whether it was there. */
  takeBack(id: string): Promise<boolean>;
  /** Tells the agent that has a job, or gets it, that its process is to be killed. */
  kill(id: string): void;
  /** Tells it that the running call is to come to its end. */
  cancel(id: string, reason: SerializedThrown): void;
  /** The bytes of a long answer. */
  load(id: string): Promise<Uint8Array | undefined>;
  /** Waits until what the job has written into the stream of its run, up to an entry, was given to its listener. */
  caughtUp(id: string, entry: string): Promise<void>;
  /** All was read of the job. */
  sweep(id: string): void;
  /** Frames of the job are not wanted any more. */
  detach(id: string): void;
}

/** Who is told of a job before its end. */
export interface JobListener {
  /** An agent has taken it. */
  onTaken(): void;
  /** Gets what was read of the stream of its run. */
  onFrames(list: FrameList): void;
  /** The connection to Redis is lost, or is there again: nothing is heard in between. */
  onAway(isAway: boolean): void;
}

/** A job that is on its way. */
export class SentJob {
  /** What has become of it. Is never rejected. */
  readonly end: Promise<JobEnd>;
  /** How many bytes were sent, and came back, by and by. */
  readonly bytes = { sent: 0, received: 0 };
  readonly #carrier: JobCarrier;
  readonly #id: string;
  #isTaken = false;
  #isStopped = false;
  #takeBack: (end: JobEnd) => void = () => {};

  /**
   * Sends it.
   *
   * @param id Its id.
   * @param pack Makes what agents get; at once.
   * @param carrier The way there.
   */
  constructor(id: string, pack: () => JobData, carrier: JobCarrier) {
    this.#id = id;
    this.#carrier = carrier;
    const { promise, resolve } = Promise.withResolvers<JobEnd>();
    this.#takeBack = resolve;
    this.end = Promise.race([promise, this.#run(pack)]);
  }

  /** So many bytes of it have come. */
  received(bytes: number): void {
    this.bytes.received += bytes;
  }

  /** An agent has taken it. */
  taken(): void {
    this.#isTaken = true;
  }

  /** Tells the running call to come to its end. */
  cancel(reason: SerializedThrown): void {
    this.#carrier.cancel(this.#id, reason);
  }

  /** Takes it back, or has its process killed. */
  async kill(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    try {
      if (!this.#isTaken && await this.#carrier.takeBack(this.#id)) {
        this.#carrier.settlements.forget(this.#id);
        return this.#takeBack({ kind: "taken back" });
      }
    } catch {
      // Redis is not to be had: what is told next waits for it.
    }
    this.#carrier.kill(this.#id);
  }

  /** Nothing of it is wanted any more: who waits for its end waits no longer. */
  close(): void {
    this.#takeBack({ kind: "taken back" });
    this.#carrier.settlements.forget(this.#id);
    this.#carrier.detach(this.#id);
  }

  async #run(pack: () => JobData): Promise<JobEnd> {
    const { settlements } = this.#carrier;
    const settlement = settlements.expect(this.#id);
    try {
      const data = pack();
      this.bytes.sent = data.head.length + data.body.length;
      await this.#carrier.add(this.#id, data);
    } catch (error) {
      settlements.forget(this.#id);
      return error instanceof PayloadTooLongError
        ? { kind: "too long", error }
        : { kind: "refused", makeError: () => error };
    }
    settlements.added(this.#id);
    return await this.#read(await settlement);
  }

  async #read(settlement: Settlement): Promise<JobEnd> {
    const end = await this.#interpret(settlement);
    this.#carrier.sweep(this.#id);
    return end;
  }

  async #interpret(settlement: Settlement): Promise<JobEnd> {
    switch (settlement.kind) {
      case "completed":
        return await this.#readAnswer(settlement.result);
      case "failed":
        return explain(settlement.reason);
      case "lost":
        return { kind: "lost", message: LOST };
      default:
        return settlement satisfies never;
    }
  }

  async #readAnswer(result: unknown): Promise<JobEnd> {
    try {
      const load = async () => {
        const bytes = await this.#carrier.load(this.#id);
        this.bytes.received += bytes?.length ?? 0;
        return bytes;
      };
      if (hasBody(result)) this.bytes.received += result.body.length;
      const answer = await decodeAnswer(result, { limit: TRUSTED_LIMIT, load });
      if (!answer) return { kind: "lost", message: LOST };
      if (answer.last !== undefined) await this.#carrier.caughtUp(this.#id, answer.last);
      return { kind: "answer", answer };
    } catch (error) {
      return { kind: "refused", makeError: () => error };
    }
  }
}

const LOST = "result lost: Redis has it no more, as after its data was removed, or it was " +
  "restarted without appendonly. Records may be missing too";

/** Why BullMQ fails a job: an agent said so, or nobody was left to say anything. */
function explain(reason: string): JobEnd {
  const refusal = decodeRefusal(reason);
  if (!refusal) {
    return { kind: "given up", message: `${reason}. The agents that took it died, or were frozen` };
  }
  const { agent, message } = refusal;
  return { kind: "refused", makeError: () => new AgentRefusalError(agent, message) };
}

function hasBody(result: unknown): result is { readonly body: string } {
  return typeof result === "object" && result !== null && "body" in result &&
    typeof result.body === "string";
}
