/**
 * The figure of the workload of piscina's `benchmark/simple-benchmark.js`: calls that add 4 and 6, one more
 * of them under way than there are workers. Each that ends is followed by the next. There it goes on for 10
 * seconds; here for a number of calls.
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
  WORKERS,
} from "./workloads/ways.ts";

/** piscina's benchmark begins calls until one has to wait. */
const UNDER_WAY = WORKERS + 1;
const WORK: Work = { kind: "add", calls: 10_000, size: 0, underWay: UNDER_WAY, runs: 3 };

/** The figure. */
export const figure: Figure = {
  name: "workloads_addition",
  title: `piscina's benchmark: 4 + 6, ${WORK.calls} times on 2 workers, ${UNDER_WAY} under way`,
  measures: CALL_MEASURES,
  rows: rowsOf([
    paralog("paralog"),
    paralog("paralog stream", { isStream: true }),
    bare(1),
    nodePool("piscina"),
    nodePool("tinypool"),
    nodePool("workerpool"),
    nodePool("poolifier"),
  ], measureCalls(WORK)),
  budgets: [],
};
