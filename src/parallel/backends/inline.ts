/**
 * The backend that runs calls in the caller's own thread, one after the other.
 *
 * Arguments and results are cloned and errors are taken apart and made anew, as they are on their
 * way to a worker and back: a program behaves the same here as there.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { RecordTally } from "../../logging/outcome.ts";
import { currentRealm } from "../../logging/realm.ts";
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
  start: (_number, { tally }) => new InlineWorker(tally),
};

/** How long calls may follow each other before timers and signals get a turn, in milliseconds. */
const TURN = 10;

class InlineWorker implements BackendWorker {
  readonly name = currentRealm().origin.processName;
  readonly #tally: RecordTally;
  #alive = true;
  #turnEnds = performance.now() + TURN;
  #rejectRunning: ((reason: unknown) => void) | undefined;

  constructor(tally: RecordTally) {
    this.#tally = tally;
  }

  get alive(): boolean {
    return this.#alive;
  }

  run(job: Job, caller: CallerRealm): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#rejectRunning = reject;
    this.#runInTurn(job, caller).then(resolve, reject);
    return promise;
  }

  /** A call that runs in this thread can't be stopped; it is no longer waited for. */
  terminate(reason: unknown): Promise<void> {
    this.#alive = false;
    this.#rejectRunning?.(reason);
    return Promise.resolve();
  }

  async #runInTurn(
    { index, call, run, attempt, context }: Job,
    caller: CallerRealm,
  ): Promise<unknown> {
    if (performance.now() > this.#turnEnds) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#turnEnds = performance.now() + TURN;
      if (!this.#alive) return undefined; // Terminated while others had their turn.
    }
    const { fn, task } = call;
    const args = cloneArgs(call);
    const sent = { index, task, args, run, attempt, context };
    const outcome = await runCall(sent, caller, () => fn, this.#tally);
    if (outcome.ok) return cloneResult(outcome.value, task.name);
    throw reviveThrown(structuredClone(toCloneableThrown(outcome.error)));
  }
}
