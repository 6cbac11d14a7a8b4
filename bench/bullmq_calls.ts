/**
 * The figure of many calls on other machines: what a call costs that does next to nothing, when it goes through
 * BullMQ and Redis.
 *
 * @module
 */

import { inNode, plainWay, redisWay, runWithRedis } from "./bullmq/ways.ts";
import { rowsOf, type Way } from "./calls/ways.ts";
import type { CallsInput, CallsOutput } from "./calls/work.ts";
import type { Figure, Sample, Scale } from "./harness/figure.ts";
import { summarize } from "./harness/statistics.ts";

const SLOTS = 2;
const CALLS = 20_000;
/** More than one batch for each slot. */
const QUICK_CALLS = 1000;
/** A run of plain BullMQ takes two seconds; there are two at least. */
const AT_LEAST_MS = 1000;
/** How many jobs a worker of plain BullMQ has at once: it is slower with 2 or 20, and no faster with 300. */
const CONCURRENCY = 50;
/** A list is long: more of them at once would not be faster. */
const LIST_CONCURRENCY = 2;

const PLAIN = "peers/bullmq_calls.mjs";
const ADD = "BullMQ, add";
const ADD_BULK = "BullMQ, addBulk";
const LISTENER = "BullMQ, addBulk, one listener";
const IN_NODE = "BullMQ in Node, addBulk, one listener";

const plain = (name: string, way: string, concurrency = CONCURRENCY) =>
  plainWay(name, PLAIN, { way, concurrency });

const WAYS: readonly Way[] = [
  redisWay("paralog", "bullmq/paralog_calls.ts", { size: SLOTS }),
  plain(ADD, "add"),
  plain(ADD_BULK, "addBulk"),
  plain(LISTENER, "listener"),
  inNode(plain(IN_NODE, "listener"), PLAIN),
  plain("BullMQ, lists by hand", "lists", LIST_CONCURRENCY),
];

/** The figure. */
export const figure: Figure = {
  name: "bullmq_calls",
  title: `${CALLS} calls of x => x + 1 through BullMQ`,
  measures: [
    { key: "warm", title: "us a call, warm" },
    { key: "cpu", title: "us of CPU a call" },
  ],
  rows: rowsOf(WAYS, measure),
  budgets: [ADD, ADD_BULK, LISTENER, IN_NODE].map((than) => (
    { row: "paralog", measure: "warm", most: 0.2, than }
  )),
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const calls = quick ? QUICK_CALLS : CALLS;
  const input: CallsInput = { calls, atLeast: quick ? 0 : AT_LEAST_MS };
  const { runs, cpu } = await runWithRedis<CallsOutput>(way, { input, signal });
  return {
    values: {
      warm: (summarize(runs)?.median ?? NaN) * 1000 / calls,
      ...(cpu !== undefined && { cpu: cpu * 1000 / runs.length / calls }),
    },
  };
}
