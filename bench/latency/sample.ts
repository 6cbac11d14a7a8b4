/**
 * What the figures of latency have in common.
 *
 * @module
 */

import type { Figure, Sample } from "../harness/figure.ts";
import { summarize } from "../harness/statistics.ts";
import type { LatencyInput, LatencyOutput } from "./work.ts";

/** What is measured of calls that are made one after the other. */
export const LATENCY_MEASURES: Figure["measures"] = [
  { key: "median", title: "us a call" },
  { key: "slow", title: "us the slowest in 100" },
];

/**
 * The measures of a program's calls.
 *
 * @param output How long each took.
 * @param input What the program was told.
 * @returns The sample.
 * @throws {Error} If it has measured another number of calls.
 */
export function latencySample(output: LatencyOutput, { calls }: LatencyInput): Sample {
  if (output.length !== calls) {
    throw new Error(`${output.length} calls were measured, expected ${calls}`);
  }
  const sorted = output.toSorted((a, b) => a - b);
  return {
    values: {
      median: summarize(sorted)?.median ?? NaN,
      slow: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
    },
  };
}
