/**
 * The figure of the workload that poolifier's authors compare pools with, in their repository
 * poolifier/benchmark: 10,000 calls, all handed over at once, each of which computes the factorial of 1000
 * as a `BigInt` and returns it.
 *
 * @module
 */

import type { Figure } from "./harness/figure.ts";
import {
  bare,
  CALL_MEASURES,
  measureCalls,
  nodePool,
  paralog,
  rowsOf,
  type Work,
} from "./workloads/ways.ts";

const WORK: Work = { kind: "factorial", calls: 10_000, size: 1000, runs: 3 };

/** The figure. */
export const figure: Figure = {
  name: "workloads_factorial",
  title: `poolifier's benchmark: the factorial of ${WORK.size}, ${WORK.calls} times on 2 workers`,
  measures: CALL_MEASURES,
  rows: rowsOf([
    paralog("paralog"),
    paralog("paralog inline", { backend: "inline", workers: 1 }),
    bare(100),
    nodePool("piscina"),
    nodePool("tinypool"),
    nodePool("workerpool"),
    nodePool("poolifier"),
  ], measureCalls(WORK)),
  budgets: [],
};
