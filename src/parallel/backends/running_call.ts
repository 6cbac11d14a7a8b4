/**
 * A call between its start in a worker and its end.
 *
 * @module
 */

import type { Job } from "../backend.ts";

/** A call that a worker runs, and how it is settled. */
export interface RunningCall {
  readonly job: Job;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}
