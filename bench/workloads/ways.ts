/**
 * The ways to do a workload: paralog, by hand, and the pools of others.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Measure, Peer, Row } from "../harness/figure.ts";
import { NpmPeer, PythonPeer } from "../harness/peers.ts";
import { runProgram } from "../harness/program.ts";
import type { BareInput } from "./bare.ts";
import type { ParalogInput } from "./paralog.ts";
import type { WorkloadInput, WorkloadOutput } from "./work.mjs";

/** How many workers all have, unless their name says something else. */
export const WORKERS = 2;

/** How a row does it. */
export interface Way {
  readonly name: string;
  readonly peer?: Peer;
  /** The program, once the peer has no obstacle. */
  readonly command: () => Promise<readonly [string, ...string[]]>;
  /** What the program is told besides the work. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What there is to do. */
export type Work = Omit<WorkloadInput, "workers">;

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const JOBLIB = new PythonPeer("joblib");

/**
 * Ours.
 *
 * @param name The name of the row.
 * @param options Where the calls run; in two workers, unless something else is given.
 * @returns How it does a workload.
 */
export function paralog(
  name: string,
  options: Partial<Pick<ParalogInput, "backend" | "workers" | "isStream">> = {},
): Way {
  // What a program needs that starts processes.
  const flags = options.backend === "processes"
    ? ["--allow-env", `--allow-run=${Deno.execPath()}`]
    : [];
  const command = [Deno.execPath(), "run", "--allow-read", ...flags, path("paralog.ts")] as const;
  return {
    name,
    command: () => Promise.resolve(command),
    input: { backend: "workers", workers: WORKERS, ...options },
  };
}

/**
 * What somebody writes by hand.
 *
 * @param perMessage How many calls a worker is sent at once.
 * @returns How it does a workload.
 */
export function bare(perMessage: BareInput["perMessage"]): Way {
  const command = [Deno.execPath(), "run", "--allow-read", path("bare.ts")] as const;
  return {
    name: perMessage === 1 ? "by hand" : `by hand, ${perMessage} calls a message`,
    command: () => Promise.resolve(command),
    input: { workers: WORKERS, perMessage },
  };
}

/**
 * A pool of Node.
 *
 * @param name The name of its package.
 * @returns How it does a workload.
 */
export function nodePool(name: "piscina" | "tinypool" | "workerpool" | "poolifier"): Way {
  return {
    name,
    peer: new NpmPeer(name),
    command: () => Promise.resolve(["node", path("../peers/workloads.mjs")]),
    input: { workers: WORKERS, pool: name },
  };
}

/**
 * joblib, which knows `compute` only.
 *
 * @returns How it does a workload.
 */
export function joblib(): Way {
  return {
    name: "joblib",
    peer: JOBLIB,
    command: async () => [await JOBLIB.interpreter(), path("../peers/workloads_joblib.py")],
    input: { workers: WORKERS },
  };
}

/**
 * Does a workload.
 *
 * @param way How.
 * @param work What.
 * @param signal Ends it early.
 * @returns How long it took.
 * @throws {Error} If a result is wrong or missing.
 */
export async function runWay(way: Way, work: Work, signal: AbortSignal): Promise<WorkloadOutput> {
  const { output } = await runProgram(await way.command(), {
    input: { ...work, ...way.input },
    signal,
  });
  return output as WorkloadOutput; // All programs are ours.
}

/**
 * The rows of a figure.
 *
 * @param ways How each does it.
 * @param measure Measures one of them.
 * @returns A row for each.
 */
export function rowsOf(
  ways: readonly Way[],
  measure: (way: Way, ...rest: Parameters<Row["measure"]>) => ReturnType<Row["measure"]>,
): readonly Row[] {
  return ways.map((way) => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  }));
}

/** What is measured of workloads in which the call counts, and not its work. */
export const CALL_MEASURES: readonly Measure[] = [
  { key: "warm", title: "us a call, warm" },
  { key: "cpu", title: "us of CPU a call" },
];

/** As many calls as show that everything works. */
const QUICK_CALLS = 100;

/**
 * Measures what a call costs.
 *
 * @param work What is done.
 * @returns What measures a way, for {@linkcode CALL_MEASURES}.
 */
export function measureCalls(work: Work): Parameters<typeof rowsOf>[1] {
  return async (way, { quick }, signal) => {
    const calls = quick ? QUICK_CALLS : work.calls;
    const { ms, cpu } = await runWay(way, { ...work, calls }, signal);
    return { values: { warm: ms * 1000 / calls, cpu: cpu * 1000 / calls } };
  };
}
