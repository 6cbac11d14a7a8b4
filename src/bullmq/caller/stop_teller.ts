/**
 * Telling agents that jobs are to be stopped: a run that is stopped may have thousands of them.
 *
 * @module
 */

import type { SerializedThrown } from "../../logging/errors.ts";
import type { Stop } from "../wire/messages.ts";

/** How agents are told. What is rejected is left out: then the connection is closed, and nobody waits. */
export interface StopChannel {
  /** Tells all agents. */
  tell(stop: Stop): Promise<unknown>;
  /** Keeps it for the agent that has the job, or gets it. */
  keep(job: string, stop: Stop): Promise<unknown>;
}

/** Jobs that are cancelled for the same reason. */
interface CancelledJobs {
  readonly reason: SerializedThrown;
  readonly jobs: string[];
}

/** How many jobs are in one message at most: agents read no long ones. */
const SLICE = 1000;

/** Tells what was said in one go in one message. */
export class StopTeller {
  readonly #channel: StopChannel;
  readonly #killed: string[] = [];
  /** By what their reason says. */
  readonly #cancelled = new Map<unknown, CancelledJobs>();
  #isDue = false;

  /**
   * Begins with nothing to tell.
   *
   * @param channel How agents are told.
   */
  constructor(channel: StopChannel) {
    this.#channel = channel;
  }

  /** The process that runs a job is to be killed. */
  kill(job: string): void {
    this.#killed.push(job);
    this.#tellSoon();
  }

  /** The running call of a job is to come to its end; those behind it are not to start. */
  cancel(job: string, reason: SerializedThrown): void {
    const key = keyOf(reason);
    const known = this.#cancelled.get(key);
    if (known) known.jobs.push(job);
    else this.#cancelled.set(key, { reason, jobs: [job] });
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#tellAll());
  }

  #tellAll(): void {
    this.#isDue = false;
    const cancelled = [...this.#cancelled.values()];
    this.#cancelled.clear();
    for (const { reason, jobs } of cancelled) {
      this.#tell(jobs, (some) => ({ type: "cancel", jobs: some, reason }));
    }
    this.#tell(this.#killed.splice(0), (some) => ({ type: "kill", jobs: some }));
  }

  #tell(jobs: readonly string[], stopOf: (jobs: readonly string[]) => Stop): void {
    for (let from = 0; from < jobs.length; from += SLICE) {
      const some = jobs.slice(from, from + SLICE);
      // Kept before it is told: an agent that takes a job in between finds it.
      for (const job of some) this.#channel.keep(job, stopOf([job])).catch(() => {});
      this.#channel.tell(stopOf(some)).catch(() => {});
    }
  }
}

/** The same for reasons that say the same; each batch has made its own of what its run was stopped with. */
function keyOf(reason: SerializedThrown): unknown {
  if (reason.kind === "value") return reason.value;
  const { className, message, stack } = reason.error;
  return JSON.stringify([className, message, stack]);
}
