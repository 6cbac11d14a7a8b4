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

class InlineWorker implements BackendWorker {
  readonly alive = true;

  async run({ index, call }: Job, caller: CallerRealm): Promise<unknown> {
    const { fn, task } = call;
    const args = cloneArgs(call);
    const outcome = await runCall({ index, task, args }, caller, () => fn);
    if (!outcome.ok) throw reviveThrown(toCloneableThrown(outcome.error));
    return cloneResult(outcome.value, task.name);
  }

  /** A call that runs in this thread can't be stopped; the run no longer waits for it. */
  terminate(): void {}
}
