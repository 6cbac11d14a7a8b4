/**
 * The figure of starting: from just before a pool or worker is made to its first result, in a program that
 * has not made one before.
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
import type { BareWorkerInput } from "./start/bare_worker.ts";
import type { StartInput, StartOutput } from "./start/work.ts";

const WORKERS = 1;
/** With one, joblib makes no process. */
const WORKERS_OF_JOBLIB = 2;

const BARE = "new Worker";

const WAYS: readonly Way[] = [
  ...paralogWays("start/paralog.ts", WORKERS),
  bareWorker(BARE, "worker.ts"),
  bareWorker(`${BARE}, imports no code of ours`, "worker_least.ts"),
  bareWorker(`${BARE}, imports /parallel`, "worker_parallel.ts"),
  bareWorker(`${BARE}, imports all of it`, "worker_all.ts"),
  denoWay("spawn, a Deno", "start/bare_process.ts"),
  ...NODE_POOLS.map((pool) => nodeWay("start", pool, { size: WORKERS })),
  ...pythonWays("start", { joblib: WORKERS_OF_JOBLIB, executor: WORKERS }),
];

function bareWorker(name: string, worker: string): Way {
  const input: BareWorkerInput = { worker };
  return denoWay(name, "start/bare_worker.ts", input);
}

/** The figure. */
export const figure: Figure = {
  name: "start",
  title: "From the start of a worker to its first result",
  measures: [
    { key: "first", title: "ms, the first" },
    { key: "again", title: "ms, the second" },
    { key: "program", title: "ms the whole program" },
  ],
  rows: rowsOf(WAYS, measure),
  budgets: [{ row: "paralog", measure: "first", most: 1.5, than: BARE }],
};

async function measure(way: Way, _scale: Scale, signal: AbortSignal): Promise<Sample> {
  const start = (starts: number) => {
    const input: StartInput = { starts };
    return runWay<StartOutput>(way, { input, signal });
  };
  const { output: [first = NaN], ms: program } = await start(1);
  const { output: [, again = NaN] } = await start(2);
  return { values: { first, again, program } };
}
