import type { RunState } from "../../src/parallel/watching/run_observer.ts";

/** The state of a run that a test drives by hand. */
export type HandRun = { -readonly [K in keyof RunState]: RunState[K] };

/** A run that has not begun. */
export function handRun(total: number | undefined): HandRun {
  return {
    taken: total ?? 0,
    total,
    settled: 0,
    failed: 0,
    running: 0,
    batches: 0,
    dispatched: 0,
    isStopped: false,
    preDispatch: 0,
  };
}
