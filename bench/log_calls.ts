/**
 * The figure of log calls: what one costs in the thread that makes it, with handlers that write
 * nothing.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Figure, Peer, Row, Sample, Scale } from "./harness/figure.ts";
import { NpmPeer, PYTHON } from "./harness/peers.ts";
import { runProgram } from "./harness/program.ts";
import { summarize } from "./harness/statistics.ts";
import { CASES } from "./log_calls/cases.ts";
import type { CallsInput, CallsOutput } from "./log_calls/timing.ts";

/** How many calls a repetition makes where no record is made, and where one is. */
const CALLS = { unmade: 2_000_000, made: 100_000 } as const;
const QUICK_CALLS = 100;
const REPETITIONS = 9;
/** Of those, the first are not counted: V8 compiles in them. */
const COLD_REPETITIONS = 2;

/** How a row does it. */
interface Way {
  readonly name: string;
  readonly peer?: Peer;
  readonly command: readonly [string, ...string[]];
  /** What the program calls it. @default its name */
  readonly input?: string;
  /** How many handlers get the record of a call. */
  readonly handlers: number;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const DENO = [Deno.execPath(), "run", "--allow-read"] as const;
const PINO: Pick<Way, "peer" | "command"> = {
  peer: new NpmPeer("pino"),
  command: ["node", path("peers/logging_calls_pino.mjs")],
};
const PYTHON_LOGGING: Pick<Way, "peer" | "command"> = {
  peer: PYTHON,
  command: ["python3", path("peers/logging_calls_python.py")],
};
const STD_LOG: Pick<Way, "command"> = { command: [...DENO, path("log_calls/std_log.ts")] };

const WAYS: readonly Way[] = [
  ...Object.entries(CASES).map(([name, { handlers }]): Way => {
    return { name, command: [...DENO, path("log_calls/paralog.ts")], handlers };
  }),
  { name: "only the comparison", command: [...DENO, path("log_calls/bare_calls.ts")], handlers: 0 },
  { name: "@std/log disabled", ...STD_LOG, input: "disabled", handlers: 0 },
  { name: "@std/log text", ...STD_LOG, input: "text", handlers: 1 },
  { name: "@std/log JSON", ...STD_LOG, input: "JSON", handlers: 1 },
  { name: "pino disabled", ...PINO, input: "disabled", handlers: 0 },
  { name: "pino JSON", ...PINO, input: "JSON", handlers: 1 },
  { name: "Python disabled", ...PYTHON_LOGGING, input: "disabled", handlers: 0 },
  { name: "Python handled", ...PYTHON_LOGGING, input: "handled", handlers: 1 },
  { name: "Python text", ...PYTHON_LOGGING, input: "text", handlers: 1 },
];

/** The rows that a budget is for: that of the cheapest alone would say little. */
const DISABLED = [
  "disabled",
  "disabled, 5 levels deep",
  "disabled, 8 loggers in turn",
  "disabled, an argument and fields",
  "disabled, within a task",
] as const;

/** The figure. */
export const figure: Figure = {
  name: "log_calls",
  title: "One thread makes log calls; handlers count and write nothing",
  measures: [{ key: "call", title: "ns a log call" }],
  rows: WAYS.map((way): Row => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  })),
  budgets: DISABLED.map((row) => ({ row, measure: "call", most: 15 })),
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const isMade = !way.name.includes("disabled") && way.name !== "only the comparison";
  const calls = quick ? QUICK_CALLS : isMade ? CALLS.made : CALLS.unmade;
  const input: CallsInput = { name: way.input ?? way.name, calls, repetitions: REPETITIONS };
  const ran = await runProgram(way.command, { input, signal });
  const output = ran.output as CallsOutput; // All programs are ours.
  const fault = findFault(output, way, input);
  if (fault !== undefined) throw new Error(fault);
  const summary = summarize(output.ns.slice(COLD_REPETITIONS));
  return {
    values: { ...(summary && { call: summary.median }) },
  };
}

/**
 * Looks for what is wrong with what a program printed.
 *
 * @param output What it printed.
 * @param way How many handlers get the record of a call.
 * @param input What it was told to do.
 * @returns Which count is wrong; `undefined` if all is well.
 */
export function findFault(
  { ns, handled, lifted }: CallsOutput,
  { handlers }: Pick<Way, "handlers">,
  { calls, repetitions }: Pick<CallsInput, "calls" | "repetitions">,
): string | undefined {
  const wanted = calls * repetitions * handlers;
  if (ns.length !== repetitions) return `${ns.length} times, expected ${repetitions}`;
  if (handled !== wanted) return `handlers got ${handled} records, expected ${wanted}`;
  // So the calls that were refused had been calls.
  const more = Math.max(handlers, 1);
  return lifted === more ? undefined : `the last call gave handlers ${lifted}, expected ${more}`;
}
