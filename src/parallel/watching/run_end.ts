/**
 * How a run came to its end.
 *
 * @module
 */

/** Why a run was rejected. */
export interface Rejection {
  /** What with. */
  readonly error: unknown;
  /** Whether that was wanted: its signal aborted, or its stream was left. */
  readonly isWanted: boolean;
}

/** How far a run has come. */
interface RunCount {
  readonly settled: number;
  readonly total: number | undefined;
}

/** How a run came to its end: all calls did, something failed, or nobody wanted the rest. */
export type RunEnd = "done" | "failed" | "stopped";

/**
 * How a run came to its end.
 *
 * @param run The run.
 * @param rejection Why it was rejected, if it was.
 */
export function runEndOf({ settled, total }: RunCount, rejection?: Rejection): RunEnd {
  if (rejection) return rejection.isWanted ? "stopped" : "failed";
  return settled === total ? "done" : "stopped";
}
