/**
 * What stands beside each call of a run.
 *
 * @module
 */

/** Stands beside each call of a run, from before its first attempt to after its last one. */
export interface JobWatcher {
  /** A call is about to start. What this throws fails it. */
  begin(index: number): void;
  /** A call has returned. Returns what it results in. */
  succeed(index: number, value: unknown): Promise<unknown>;
  /** A call has failed for good. */
  fail(index: number, error: unknown): void;
}
