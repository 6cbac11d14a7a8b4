/**
 * The backend that runs calls in the caller's own thread, one after the other.
 *
 * Arguments and results are cloned and errors are taken apart and made anew, as they are on their
 * way to a worker and back: a program behaves the same here as there.
 *
 * @module
 */

import type { CallerRealm } from "../../logging/caller_realm.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import type { Backend, BackendWorker, Job } from "../backend.ts";
import { cloneArgs, cloneResult } from "../clone.ts";
import { reviveThrown } from "../errors.ts";
import { runCall } from "../run_call.ts";

/** Runs calls in the caller's own thread. */
export const inlineBackend: Backend = {
  name: "inline",
  maxWorkers: 1,
  obstacle: () => Promise.resolve(undefined),
  start: () => new InlineWorker(),
};

/** How long calls may follow each other before timers and signals get a turn, in milliseconds. */
const TURN = 10;

class InlineWorker implements BackendWorker {
  #alive = true;
  #turnEnds = performance.now() + TURN;
  readonly #terminated = Promise.withResolvers<never>();

  constructor() {
    this.#terminated.promise.catch(() => {}); // Who waits for a call is told by run().
  }

  get alive(): boolean {
    return this.#alive;
  }

  async run(job: Job, caller: CallerRealm): Promise<unknown> {
    if (performance.now() > this.#turnEnds) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#turnEnds = performance.now() + TURN;
    }
    return await Promise.race([
      this.#terminated.promise,
      runInline(job, caller, () => this.#alive),
    ]);
  }

  /** A call that runs in this thread can't be stopped; it is no longer waited for. */
  terminate(reason: unknown): void {
    this.#alive = false;
    this.#terminated.reject(reason);
  }
}

async function runInline(
  { index, call }: Job,
  caller: CallerRealm,
  isWanted: () => boolean,
): Promise<unknown> {
  if (!isWanted()) return undefined; // Terminated while others had their turn.
  const { fn, task } = call;
  const args = cloneArgs(call);
  const outcome = await runCall({ index, task, args }, caller, () => fn);
  if (outcome.ok) return cloneResult(outcome.value, task.name);
  throw reviveThrown(structuredClone(toCloneableThrown(outcome.error)));
}
