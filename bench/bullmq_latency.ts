/**
 * The figure of latency on other machines: how long one call takes that goes through BullMQ and Redis, when
 * there is no other.
 *
 * @module
 */

import { inNode, plainWay, redisWay, runWithRedis } from "./bullmq/ways.ts";
import { rowsOf, type Way } from "./calls/ways.ts";
import type { Figure, Sample, Scale } from "./harness/figure.ts";
import { LATENCY_MEASURES, latencySample } from "./latency/sample.ts";
import type { LatencyInput, LatencyOutput } from "./latency/work.ts";

const SLOTS = 2;
const CALLS: LatencyInput = { warmUps: 2000, calls: 1000 };
const QUICK_CALLS: LatencyInput = { warmUps: 0, calls: 20 };

const PLAIN = "peers/bullmq_latency.mjs";
const BULLMQ = "BullMQ, waitUntilFinished";

/** What BullMQ itself has for running a function in a process of its own, as agents do. */
const SANDBOXED = "BullMQ, sandboxed processor";

/** The least that there can be between a worker and a function that it has to be able to kill. */
const BARE = "BullMQ, bare process";

/** How many characters a job has beside its number: as many as one of paralog's, about. */
const REST = 700;

const plain = (name: string, more: { readonly kind?: string; readonly rest?: number } = {}) =>
  plainWay(name, PLAIN, { concurrency: SLOTS, ...more });

const WAYS: readonly Way[] = [
  redisWay("paralog", "bullmq/paralog_latency.ts", { size: SLOTS }),
  plain(BULLMQ),
  inNode(plain("BullMQ in Node, waitUntilFinished"), PLAIN),
  plain(SANDBOXED, { kind: "sandboxed" }),
  plain("BullMQ, a Parallel in its worker", { kind: "local parallel" }),
  plain(BARE, { kind: "bare process", rest: REST }),
  redisWay("Redis, there and back", "bullmq/bare_latency.ts"),
];

/** The figure. */
export const figure: Figure = {
  name: "bullmq_latency",
  title: "x => x + 1 through BullMQ, one call after the other",
  measures: LATENCY_MEASURES,
  rows: rowsOf(WAYS, measure),
  budgets: [BULLMQ, SANDBOXED].map((than) => (
    { row: "paralog", measure: "median", most: 1.2, than }
  )),
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const input = quick ? QUICK_CALLS : CALLS;
  const output = await runWithRedis<LatencyOutput>(way, { input, signal });
  return latencySample(output, input);
}
