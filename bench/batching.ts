/**
 * The figure of batches: what the size of a batch does to calls of different lengths, with one worker and with
 * more, and whether "auto" finds a good one.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { BatchingInput, BatchingOutput } from "./batching/paralog.ts";
import type { Figure, Row, Sample, Scale } from "./harness/figure.ts";
import { runProgram } from "./harness/program.ts";

const CALLS: BatchingInput["calls"] = { tiny: 20_000, short: 2000, uneven: 1000 };
const QUICK_CALLS: BatchingInput["calls"] = { tiny: 200, short: 20, uneven: 50 };
/** The last of so many runs is warm. */
const RUNS = 3;

const PROGRAM = fileURLToPath(new URL("batching/paralog.ts", import.meta.url));

/** How many workers there are, unless a row's name says something else. */
const WORKERS = 2;

/** What a row is about. */
type Setting = Pick<BatchingInput, "batchSize" | "workers">;

const SIZES: readonly BatchingInput["batchSize"][] = ["auto", 1, 10, 100, 1000, 10_000];
const SETTINGS: readonly Setting[] = [
  ...SIZES.map((batchSize) => ({ batchSize, workers: WORKERS })),
  ...[1, 4].flatMap((workers) =>
    (["auto", 1, 100] as const).map((batchSize) => ({ batchSize, workers }))
  ),
];

/** The figure. */
export const figure: Figure = {
  name: "batching",
  title: `${WORKERS} workers run calls in batches`,
  measures: [
    { key: "tiny", title: "us a call that does nothing" },
    { key: "short", title: "us a call of about 100 us" },
    { key: "uneven", title: "us a call of 100 us, each 50th 5 ms" },
  ],
  rows: SETTINGS.map((setting): Row => ({
    name: nameOf(setting),
    measure: (scale, signal) => measure(setting, scale, signal),
  })),
  budgets: [
    { row: "auto", measure: "tiny", most: 1.5, than: "batchSize 1000" },
    { row: "auto", measure: "uneven", most: 1.1, than: "batchSize 1" },
  ],
};

function nameOf({ batchSize, workers }: Setting): string {
  const name = typeof batchSize === "number" ? `batchSize ${batchSize}` : "auto";
  if (workers === WORKERS) return name;
  return `${name}, ${workers} ${workers === 1 ? "worker" : "workers"}`;
}

async function measure(
  setting: Setting,
  { quick }: Scale,
  signal: AbortSignal,
): Promise<Sample> {
  const calls = quick ? QUICK_CALLS : CALLS;
  const input: BatchingInput = { ...setting, calls, runs: RUNS };
  const command = [Deno.execPath(), "run", "--allow-read", PROGRAM] as const;
  const { output } = await runProgram(command, { input, signal });
  const ms = output as BatchingOutput; // The program is ours.
  const perCall = (kind: keyof BatchingOutput) => ms[kind] * 1000 / calls[kind];
  return {
    values: { tiny: perCall("tiny"), short: perCall("short"), uneven: perCall("uneven") },
  };
}
