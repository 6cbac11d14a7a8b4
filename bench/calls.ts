/**
 * The figure of calls: what a call costs that does next to nothing, among many of them.
 *
 * @module
 */

import {
  denoWay,
  NODE_POOLS,
  nodeWay,
  paralogWays,
  pythonWays,
  rowsOf,
  runWay,
  type Way,
} from "./calls/ways.ts";
import type { CallsInput, CallsOutput } from "./calls/work.ts";
import type { Figure, Sample, Scale } from "./harness/figure.ts";
import { summarize } from "./harness/statistics.ts";

const WORKERS = 2;
const CALLS = 20_000;
/** More than one batch for each worker. */
const QUICK_CALLS = 1000;
/** V8 still compiles after half a second; CPU of processes is counted in steps of 10 ms. */
const AT_LEAST_MS = 1000;
/** The calls that a worker of piscina or tinypool has at once, in the rows that are not about its defaults. */
const AT_ONCE = 100;

const BY_HAND = "postMessage, batches by hand";
const BY_HAND_CONTEXTS = `${BY_HAND}, a context a call`;

const WAYS: readonly Way[] = [
  ...paralogWays("calls/paralog.ts", WORKERS),
  denoWay(BY_HAND, "calls/hand_batches.ts", { hasContexts: false }),
  denoWay(BY_HAND_CONTEXTS, "calls/hand_batches.ts", { hasContexts: true }),
  ...NODE_POOLS.map((pool) => nodeWay("calls", pool, { size: WORKERS })),
  nodeWay("calls", "poolifier", { size: WORKERS, isMapped: false }),
  nodeWay("calls", "piscina", { size: WORKERS, atOnce: AT_ONCE }),
  nodeWay("calls", "tinypool", { size: WORKERS, atOnce: AT_ONCE }),
  ...pythonWays("calls", { joblib: WORKERS, executor: WORKERS }),
];

/** The figure. */
export const figure: Figure = {
  name: "calls",
  title: `${CALLS} calls of x => x + 1, ${WORKERS} workers`,
  measures: [
    { key: "warm", title: "us a call, warm" },
    { key: "cpu", title: "us of CPU a call" },
    { key: "cold", title: "ms the whole program" },
  ],
  rows: rowsOf(WAYS, measure),
  budgets: [
    ...NODE_POOLS.map((than) => ({ row: "paralog", measure: "warm", most: 0.05, than })),
    { row: "paralog", measure: "warm", most: 1, than: "joblib" },
    { row: "paralog", measure: "warm", most: 2, than: BY_HAND },
  ],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const calls = quick ? QUICK_CALLS : CALLS;
  const once: CallsInput = { calls };
  const again: CallsInput = { calls, atLeast: quick ? 0 : AT_LEAST_MS };
  const cold = await runWay<CallsOutput>(way, { input: once, signal });
  const { output: { runs, cpu } } = await runWay<CallsOutput>(way, { input: again, signal });
  return {
    values: {
      warm: (summarize(runs)?.median ?? NaN) * 1000 / calls,
      ...(cpu !== undefined && { cpu: cpu * 1000 / runs.length / calls }),
      cold: cold.ms,
    },
  };
}
