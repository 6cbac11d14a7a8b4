/**
 * The figure of long calls: 100 calls that compute for about 10 ms, on two workers and on more and fewer. It
 * shows whether all cores are kept busy. Beside them, calls that do nothing on as many workers.
 *
 * @module
 */

import type { Figure, Sample, Scale } from "./harness/figure.ts";
import {
  bare,
  joblib,
  nodePool,
  paralog,
  rowsOf,
  runWay,
  type Way,
  type Work,
} from "./workloads/ways.ts";
import { STEPS_PER_MS } from "./workloads/work.mjs";

/** About how long a call is, in milliseconds. */
const LENGTH = 10;
/** A step takes Python as long as so many take V8, on the machine that both were counted on. */
const STEPS_PER_PYTHON_STEP = 43;

const LONG: Work = { kind: "compute", calls: 100, size: LENGTH * STEPS_PER_MS, runs: 2 };
const TINY: Work = { kind: "add", calls: 20_000, size: 0, runs: 3 };

const OURS: readonly Way[] = [
  paralog("paralog"),
  paralog("paralog, 1 worker", { workers: 1 }),
  paralog("paralog, 4 workers", { workers: 4 }),
  paralog("paralog processes", { backend: "processes" }),
  paralog("paralog inline", { backend: "inline", workers: 1 }),
];

/** The figure. */
export const figure: Figure = {
  name: "workloads_cpu",
  title: `${LONG.calls} calls of about ${LENGTH} ms on 2 workers`,
  measures: [
    { key: "long", title: "ms a call, warm" },
    { key: "speedup", title: "times as fast as a loop" },
    { key: "tiny", title: "us a call that does nothing" },
  ],
  rows: rowsOf([...OURS, bare(1), nodePool("piscina"), joblib()], measure),
  budgets: [{ row: "paralog", measure: "long", most: 1 / 1.9, than: "paralog inline" }],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const part = quick ? 100 : 1;
  const long = { ...LONG, size: Math.round(sizeFor(way) / part) };
  const { ms, alone = 0 } = await runWay(way, long, signal);
  const values = { long: ms / long.calls, speedup: alone / ms };
  if (!OURS.includes(way)) return { values };
  const calls = TINY.calls / part;
  const tiny = await runWay(way, { ...TINY, calls }, signal);
  return { values: { ...values, tiny: tiny.ms * 1000 / calls } };
}

function sizeFor({ name }: Way): number {
  return name === "joblib" ? LONG.size / STEPS_PER_PYTHON_STEP : LONG.size;
}
