/**
 * Noticing that nobody takes what is sent, and why: a caller would wait without knowing it.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/** How long a job waits before it is asked whether there is anybody who could take it, in milliseconds. */
const PATIENCE = 5000;

/** How a job is waited for. */
export interface JobWait {
  /** Says that there is no agent. */
  readonly warn: () => void;
  /**
   * Says that all agents may run tasks that wait for this job.
   *
   * @default no task waits for it
   */
  readonly warnNested?: () => void;
}

/** A job that no agent has taken. */
interface WaitingJob extends JobWait {
  readonly since: number;
}

/**
 * Warns once where jobs wait and there is no agent; and again, when there was one meanwhile. Where there are agents,
 * and tasks wait for the jobs, it warns once of that.
 */
export class AgentWatch implements Disposable {
  readonly #hasAgents: () => Promise<boolean>;
  readonly #waiting = new Map<string, WaitingJob>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasWarned = false;
  #hasWarnedNested = false;

  /**
   * Begins without jobs.
   *
   * @param hasAgents Looks for agents.
   */
  constructor(hasAgents: () => Promise<boolean>) {
    this.#hasAgents = hasAgents;
  }

  /**
   * A job waits.
   *
   * @param id Its id.
   * @param wait What is said if it waits for long.
   */
  wait(id: string, wait: JobWait): void {
    this.#waiting.set(id, { ...wait, since: performance.now() });
    this.#timer ??= this.#look();
  }

  /** A job was taken, or is not to be run any more. */
  done(id: string): void {
    this.#waiting.delete(id);
  }

  [Symbol.dispose](): void {
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Keeps no program alive: what waits for the jobs does. */
  #look(): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#onTimer(), PATIENCE);
    timer.unref();
    return timer;
  }

  async #onTimer(): Promise<void> {
    const before = performance.now() - PATIENCE;
    const late = [...this.#waiting.values()].filter(({ since }) => since <= before);
    if (late.length > 0) await this.#warn(late);
    this.#timer = this.#waiting.size > 0 ? this.#look() : undefined;
  }

  async #warn(late: readonly WaitingJob[]): Promise<void> {
    const hasAgents = await this.#hasAgents().catch(() => undefined);
    if (hasAgents === undefined) return; // Redis is gone, which others say.
    if (!hasAgents && !this.#hasWarned) late[0]?.warn();
    this.#hasWarned = !hasAgents;
    const nested = late.find(({ warnNested }) => warnNested);
    if (!hasAgents || !nested || this.#hasWarnedNested) return;
    this.#hasWarnedNested = true;
    nested.warnNested?.();
  }
}
