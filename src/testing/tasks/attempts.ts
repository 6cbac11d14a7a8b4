/**
 * Tasks of which some attempts fail.
 *
 * @module
 */

import { getLogger } from "../../logging/mod.ts";
import { currentTask, task } from "../../parallel/mod.ts";

const log = getLogger("lib.attempts");

/** Throws until it is tried for the so-many-th time. */
export const succeedAt = task(import.meta, function succeedAt(attempt: number) {
  const { attempt: current } = currentTask();
  log.info("attempt %d", current);
  if (current < attempt) throw new RangeError(`attempt ${current} failed`);
  return current;
});

/** Ends its worker in its first attempt. */
export const exitAtFirst = task(import.meta, function exitAtFirst() {
  log.info("attempt %d", currentTask().attempt);
  if (currentTask().attempt === 1) Deno.exit(7);
  return currentTask().attempt;
});

/** In its first attempt, ends only when its signal aborts. */
export const waitAtFirst = task(import.meta, async function waitAtFirst() {
  const { attempt, signal } = currentTask();
  if (attempt > 1) return attempt;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  log.info("attempt %d: %s", attempt, signal.reason.name);
  return attempt;
});
