/** Shows the progress of a run inside of a worker. */

import { openProgress } from "../../src/parallel/progress/progress_observer.ts";
import { handRun } from "../support/run_state.ts";

declare const self: { postMessage(message: unknown): void };

{
  using progress = openProgress(true, { name: "inner" });
  const state = handRun(3);
  progress?.onStart?.(state, "inline", 1);
  state.settled = 3;
  progress?.onEnd?.(state);
}
self.postMessage("done");
