/** What the runs of one seed are to do, drawn at random. */

import type { ParallelOptions } from "@paralog/paralog";
import { Random } from "../random.ts";
import type { Fault, Order } from "./tasks.ts";

export type BackendName = "inline" | "workers" | "processes";

/** How many calls a run has. */
export const CALLS = 1000;

/** How long a call may run where one is to run out of time, in milliseconds: all others take far less. */
const TIMEOUT = 2000;

/** What can go wrong where. */
const FAULTS: Readonly<Record<BackendName, readonly Fault[]>> = {
  inline: ["throw", "throw a value", "bad result", "bad argument"],
  workers: [
    ...["throw", "throw a value", "bad result", "bad argument"] as const,
    ...["exit", "process.exit", "close", "error outside", "rejection outside"] as const,
  ],
  processes: [
    ...["throw", "throw a value", "bad result", "bad argument"] as const,
    ...["exit", "process.exit", "close", "error outside", "rejection outside"] as const,
    ...["kill", "kill", "spin", "wait"] as const,
  ],
};

/** How a run comes to its end, if no call of it fails for good. */
export type Ending =
  | { readonly kind: "whole" }
  /** Its signal aborts when it has logged so many records; at 0, some turns of the event loop after its start. */
  | { readonly kind: "abort"; readonly records: number; readonly turns: number }
  /** Its input throws in place of that call. */
  | { readonly kind: "input"; readonly at: number }
  /** Its results are not wanted any more after so many of them. */
  | { readonly kind: "leave"; readonly results: number };

/** One run. */
export interface RunPlan {
  readonly number: number;
  readonly orders: readonly Order[];
  readonly form: "run" | "runSettled" | "stream" | "unordered";
  readonly input: "list" | "generator" | "async generator";
  readonly ending: Ending;
}

/** The runs that share one `Parallel`. */
export interface SessionPlan {
  readonly seed: number;
  readonly backend: BackendName;
  readonly nJobs: number;
  readonly options: ParallelOptions;
  /** How often a call is tried again. */
  readonly retries: number;
  readonly runs: readonly RunPlan[];
  /** Whether a run starts when the one before it has ended; otherwise all do at once. */
  readonly isChain: boolean;
  /** Whether its workers outlive its runs. */
  readonly isKept: boolean;
  /** After how many records the scope of its workers ends, with runs under way. */
  readonly closesAfter: number | undefined;
}

/** Draws what is to be done. */
export function planSession(seed: number, backend: BackendName): SessionPlan {
  const random = new Random(seed);
  const retries = random.happens(0.4) ? 2 : 0;
  const count = random.pick([1, 1, 2, 3]);
  const isKept = random.happens(0.6);
  const runs = Array.from({ length: count }, (_, number) => planRun(random, backend, number));
  const isTimed = runs.some(({ orders }) => orders.some(isEndless)) || random.happens(0.1);
  return {
    seed,
    backend,
    nJobs: random.pick(backend === "inline" ? [1] : [1, 2, 2, 3, 4]),
    retries,
    options: {
      backend,
      batchSize: random.pick(["auto", "auto", 1, 10, 100, 400]),
      preDispatch: random.pick([undefined, undefined, "all", "3*nJobs", 50]),
      maxTasksPerWorker: random.happens(0.3) ? random.pick([150, 400, 999]) : Infinity,
      gracePeriod: random.pick([0, 1000]),
      ...(backend === "processes" && isTimed && { timeout: TIMEOUT }),
      ...(retries > 0 && { retries: { attempts: retries, backoff: random.pick([0, 1, 20]) } }),
    },
    runs,
    isChain: random.happens(0.3),
    isKept,
    closesAfter: isKept && random.happens(0.15) ? random.below(count * CALLS) : undefined,
  };
}

function planRun(random: Random, backend: BackendName, number: number): RunPlan {
  const form = random.pick(["run", "runSettled", "runSettled", "stream", "unordered"] as const);
  const input = random.pick(["list", "generator", "async generator"] as const);
  const faulty = new Set(
    Array.from({ length: random.pick([1, 1, 1, 2, 3, 8]) }, () => random.below(CALLS)),
  );
  let endless = 1; // They take their time.
  const fault = (): Fault => {
    const drawn = random.pick(FAULTS[backend]);
    return (drawn === "spin" || drawn === "wait") && endless-- <= 0 ? "kill" : drawn;
  };
  return {
    number,
    form,
    input,
    orders: Array.from(
      { length: CALLS },
      (_, index) =>
        planCall(random, { run: number, index, fault: faulty.has(index) ? fault() : undefined }),
    ),
    ending: planEnding(random, form, input),
  };
}

function planCall(
  random: Random,
  { run, index, fault }: Pick<Order, "run" | "index" | "fault">,
): Order {
  const steps = random.below(4);
  const isSlow = fault === "spin" || fault === "wait"; // Each attempt takes its time.
  return {
    run,
    index,
    steps,
    fault,
    stepsBefore: fault === "bad result" ? steps : random.below(30),
    faultyAttempts: isSlow ? 1 : random.pick([1, 1, 2, Infinity]),
    wait: random.happens(0.02) ? random.pick([0, 0, 1, 5, 20]) : undefined,
    isListening: random.happens(0.5),
  };
}

function planEnding(random: Random, form: RunPlan["form"], input: RunPlan["input"]): Ending {
  const isStream = form === "stream" || form === "unordered";
  if (isStream && random.happens(0.2)) return { kind: "leave", results: random.below(CALLS) };
  if (input !== "list" && random.happens(0.15)) return { kind: "input", at: random.below(CALLS) };
  if (!random.happens(0.25)) return { kind: "whole" };
  const records = random.happens(0.3) ? 0 : random.below(1.5 * CALLS);
  return { kind: "abort", records, turns: random.below(200) };
}

/** Whether a call does not come to its end by itself. */
export function isEndless({ fault }: Order): boolean {
  return fault === "spin" || fault === "wait";
}
