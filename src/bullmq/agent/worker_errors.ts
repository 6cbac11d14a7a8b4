/**
 * What BullMQ tells an agent of errors, such as that it can't read a job.
 *
 * @module
 */

import { getLogger } from "../../logging/realm.ts";

/** How many texts are remembered: what is wrong may tell each time of another job. */
const MOST_TEXTS = 100;

/** What BullMQ's scripts return where an agent no longer has the job that it answers. */
const LOCK_GONE = -2;

/** Logs each error once: BullMQ tries again, and tells of it each time. */
export class WorkerErrors {
  readonly #log = getLogger("paralog.agent");
  /** The one that was not told for the longest time comes first. */
  readonly #told = new Set<string>();

  /**
   * Takes an error.
   *
   * @param error What BullMQ tells.
   */
  tell(error: Error): void {
    const text = String(error);
    const isOld = this.#told.delete(text);
    if (isOld || isToldOtherwise(error)) this.#log.debug("BullMQ: %s", text);
    else this.#log.warn("BullMQ goes on after an error, which is told once: %s", text);
    if (isToldOtherwise(error)) return;
    this.#told.add(text);
    if (this.#told.size <= MOST_TEXTS) return;
    for (const oldest of this.#told) return void this.#told.delete(oldest);
  }
}

/** What connections say that were lost; there is a code in what comes from the system. */
const CONNECTION = /^(Connection|Socket|Stream|Command aborted|Reached the max retries)\b/;

/** The agent says itself that Redis is gone, and that another agent has a job. */
function isToldOtherwise(error: Error): boolean {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" || code === LOCK_GONE || CONNECTION.test(error.message) ||
    error.message.startsWith("could not renew lock");
}
