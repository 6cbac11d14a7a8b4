/**
 * Noticing that nobody takes what is sent: a caller would wait without knowing why.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/** How long a job waits before it is asked whether there is anybody who could take it, in milliseconds. */
const PATIENCE = 5000;

/** A job that no agent has taken. */
interface WaitingJob {
  readonly since: number;
  /** Says that there is no agent. */
  readonly warn: () => void;
}

/** Warns once where jobs wait and there is no agent; and again, when there was one meanwhile. */
export class AgentWatch implements Disposable {
  readonly #hasAgents: () => Promise<boolean>;
  readonly #waiting = new Map<string, WaitingJob>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasWarned = false;

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
   * @param warn Says that there is no agent.
   */
  wait(id: string, warn: () => void): void {
    this.#waiting.set(id, { since: performance.now(), warn });
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
    const late = [...this.#waiting.values()].find(({ since }) => since <= before);
    if (late) {
      const hasAgents = await this.#hasAgents().catch(() => true); // Redis is gone, which others say.
      if (!hasAgents && !this.#hasWarned) late.warn();
      this.#hasWarned = !hasAgents;
    }
    this.#timer = this.#waiting.size > 0 ? this.#look() : undefined;
  }
}
