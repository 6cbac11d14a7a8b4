/**
 * The figure of the workload that poolifier's authors compare pools with, in their repository
 * poolifier/benchmark: 10,000 calls, all handed over at once, each of which computes the factorial of 1000
 * as a `BigInt` and returns it.
 *
 * @module
 */

import type { Figure, Sample, Scale } from "./harness/figure.ts";
import { bare, nodePool, paralog, rowsOf, runWay, type Way, type Work } from "./workloads/ways.ts";

const WORK: Work = { kind: "factorial", calls: 10_000, size: 1000, runs: 3 };
const QUICK_CALLS = 100;

/** The figure. */
export const figure: Figure = {
  name: "workloads_factorial",
  title: `poolifier's benchmark: the factorial of ${WORK.size}, ${WORK.calls} times on 2 workers`,
  measures: [
    { key: "warm", title: "us a call, warm" },
    { key: "cpu", title: "us of CPU a call" },
  ],
  rows: rowsOf([
    paralog("paralog"),
    paralog("paralog inline", { backend: "inline", workers: 1 }),
    bare(100),
    nodePool("piscina"),
    nodePool("tinypool"),
    nodePool("workerpool"),
    nodePool("poolifier"),
  ], measure),
  budgets: [],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const work = quick ? { ...WORK, calls: QUICK_CALLS } : WORK;
  const { ms, cpu } = await runWay(way, work, signal);
  return { values: { warm: ms * 1000 / work.calls, cpu: cpu * 1000 / work.calls } };
}
