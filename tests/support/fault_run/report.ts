/** What is seen of runs while they do what a plan says. */

import type { RecordCounts } from "@paralog/paralog";
import type { RunPlan, SessionPlan } from "./plan.ts";

/** What a run was told to do, and what was seen of it. */
export interface RunReport {
  readonly plan: RunPlan;
  /** What it resolved to, or what it was rejected with. */
  end: { readonly ok: true } | { readonly ok: false; readonly error: unknown };
  /** What came of calls, by their index; of a stream, those that came before its end. */
  readonly outcomes: Map<number, PromiseSettledResult<unknown>>;
  /** The indexes of the results of a stream, in the order in which they came. */
  readonly order: number[];
  /** What came twice. */
  readonly twice: number[];
  /** What its calls have logged: the steps of each attempt of each call. */
  readonly steps: Map<number, number[][]>;
  /** How many records it had logged when it came to its end, and which calls have logged since. */
  recordsAtEnd: number | undefined;
  readonly late: Set<number>;
  /** How often its input was asked for a call, in all and when it had come to its end; and whether it was closed. */
  pulls: number;
  pullsAtEnd: number;
  isInputClosed: boolean;
  isAborted: boolean;
}

/** What was seen of a session. */
export interface SessionReport {
  readonly plan: SessionPlan;
  readonly runs: readonly RunReport[];
  readonly counts: RecordCounts;
  /** How many records were handled, and how many filtered out. */
  readonly handled: number;
  readonly filtered: number;
  /** What is wrong with the records as a whole. */
  readonly complaints: readonly string[];
  /** The processes of its workers. */
  readonly pids: ReadonlySet<number>;
  /** Whether the scope of its workers ended before all runs had. */
  readonly isClosedEarly: boolean;
}

/** What the calls of a run throw where their input fails. */
export class InputError extends Error {}

/** What a run is aborted with. */
export class AbortReason extends Error {}

/** Before anything is seen. */
export function reportOf(plan: RunPlan): RunReport {
  return {
    plan,
    end: { ok: true },
    outcomes: new Map(),
    order: [],
    twice: [],
    steps: new Map(),
    recordsAtEnd: undefined,
    late: new Set(),
    pulls: 0,
    pullsAtEnd: 0,
    isInputClosed: false,
    isAborted: false,
  };
}
