/**
 * The jobs that an agent has: those that run, and those whose answer is on its way.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";
import { type PoolJob, UnrecoverableError } from "../redis/bull.ts";
import { encodeRefusal } from "../wire/job_result.ts";
import type { JobResult } from "../wire/messages.ts";
import { JobRefusedError } from "./job_gate.ts";
import { type JobHost, JobRun, LockLostError } from "./job_run.ts";

/** A job that runs, with what BullMQ knows of it. */
interface Running {
  readonly run: JobRun;
  readonly job: PoolJob;
  /** Is resolved when it has come to its end. */
  readonly done: Promise<void>;
}

/** Runs jobs, and tells BullMQ what becomes of them. */
export class RunningJobs {
  readonly #agent: string;
  readonly #host: JobHost;
  readonly #log = getLogger("paralog.agent");
  readonly #running = new Map<string, Running>();
  /** Those whose end BullMQ has not told Redis. */
  readonly #unanswered = new Set<string>();
  #isClosed = false;

  /**
   * Begins without any.
   *
   * @param agent The name of the agent.
   * @param host What runs them.
   */
  constructor(agent: string, host: JobHost) {
    this.#agent = agent;
    this.#host = host;
  }

  /** How many run. */
  get size(): number {
    return this.#running.size;
  }

  /** Whether all jobs that came are answered. */
  get areAnswered(): boolean {
    return this.#unanswered.size === 0;
  }

  /** How many have come to their end, and are not answered. */
  get waiting(): number {
    return [...this.#unanswered].filter((id) => this.#running.get(id)?.run.isOver ?? true).length;
  }

  /**
   * Whether a job runs, or is being answered.
   *
   * @param id Its id.
   */
  has(id: string): boolean {
    return this.#running.has(id) || this.#unanswered.has(id);
  }

  /** Those that run. */
  get runs(): JobRun[] {
    return Array.from(this.#running.values(), ({ run }) => run);
  }

  /**
   * Runs a job.
   *
   * @param job The job.
   * @returns Its answer.
   * @throws {UnrecoverableError} If it was refused; the text says why, and the caller can read it.
   * @throws {LockLostError} If it is no longer this agent's.
   */
  async run(job: PoolJob): Promise<JobResult> {
    const { id = "", data, attemptsStarted, stalledCounter } = job;
    if (this.#isClosed) { // BullMQ had asked for one more before it was told to end.
      await giveBack(job);
      throw new LockLostError(id);
    }
    const isAgain = attemptsStarted > 1 || stalledCounter > 0;
    const run = new JobRun({ id, data, isAgain }, this.#host);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.abandon(id); // This agent was frozen, and got its own job once more.
    this.#running.set(id, { run, job, done });
    this.#unanswered.add(id);
    this.#log.debug("Job %s begins", id);
    try {
      return await run.work();
    } catch (error) {
      throw this.#explain(id, error);
    } finally {
      await this.#leave(id, run);
      resolve();
      this.#log.debug("Job %s has ended", id);
    }
  }

  /** Redis knows what became of a job. */
  answered(id: string): void {
    this.#unanswered.delete(id);
  }

  /** Another agent has a job, or gets it: its process is killed, and it is not answered. */
  abandon(id: string): void {
    this.#running.get(id)?.run.abandon();
  }

  /** No more jobs are run; what comes is given back. */
  close(): void {
    this.#isClosed = true;
  }

  /** Ends all jobs. Other agents can take them. */
  async giveBackAll(): Promise<void> {
    await Promise.all(Array.from(this.#running.values(), ({ run, job }) => {
      run.abandon();
      return giveBack(job);
    }));
  }

  async #leave(id: string, run: JobRun): Promise<void> {
    const newest = this.#running.get(id);
    if (newest?.run === run) this.#running.delete(id);
    // BullMQ knows a job by its id: what it does at the end of this one must not be done to the next one.
    else await newest?.done;
  }

  /** What BullMQ is given for what a job has thrown. */
  #explain(id: string, error: unknown): unknown {
    if (error instanceof LockLostError) {
      this.#unanswered.delete(id);
      this.#log.warn("%s", error.message);
      return error;
    }
    const isRefused = error instanceof JobRefusedError;
    if (isRefused) this.#log.warn("Job %s is refused: %s", id, error.message);
    else this.#log.error("Job %s can't be run", id, error);
    const { message } = isRefused ? error : new JobRefusedError(error);
    return new UnrecoverableError(encodeRefusal({ kind: "refused", message, agent: this.#agent }));
  }
}

/** Other agents can take the job now. If that can't be told, they find out that nobody has it. */
async function giveBack(job: PoolJob): Promise<void> {
  try {
    await job.moveToWait(job.token);
  } catch (error) {
    getLogger("paralog.agent").debug("Job %s can't be given back: %s", job.id, error);
  }
}
