/**
 * The figure of latency: how long one call takes when there is no other, with workers that wait for it.
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
import type { Figure, Sample, Scale } from "./harness/figure.ts";
import { LATENCY_MEASURES, latencySample } from "./latency/sample.ts";
import type { LatencyInput, LatencyOutput } from "./latency/work.ts";

const WORKERS = 2;
const CALLS: LatencyInput = { warmUps: 1000, calls: 2000 };
const QUICK_CALLS: LatencyInput = { warmUps: 0, calls: 20 };

const WAYS: readonly Way[] = [
  ...paralogWays("latency/paralog.ts", WORKERS),
  denoWay("postMessage, there and back", "latency/bare_worker.ts"),
  denoWay("fork, there and back", "latency/bare_process.ts"),
  ...NODE_POOLS.map((pool) => nodeWay("latency", pool, { size: WORKERS })),
  ...pythonWays("latency", { joblib: WORKERS, executor: WORKERS }),
];

/** The figure. */
export const figure: Figure = {
  name: "latency",
  title: `x => x + 1, one call after the other, ${WORKERS} workers`,
  measures: LATENCY_MEASURES,
  rows: rowsOf(WAYS, measure),
  budgets: [],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const input = quick ? QUICK_CALLS : CALLS;
  const { output } = await runWay<LatencyOutput>(way, { input, signal });
  return latencySample(output, input);
}
