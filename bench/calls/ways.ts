/**
 * The ways to do it that the figures of calls, of latency and of starting compare.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Peer, Row, Sample, Scale } from "../harness/figure.ts";
import { NpmPeer, PYTHON, PythonPeer } from "../harness/peers.ts";
import { runProgram } from "../harness/program.ts";
import type { ParalogInput } from "./paralog.ts";

/** A program, and arguments that come first. */
type Command = readonly [string, ...string[]];

/** One way, and how it is run. */
export interface Way {
  readonly name: string;
  readonly peer?: Peer;
  /** Asked only if the peer is there. */
  readonly command: () => Command | Promise<Command>;
  /** What the program is told besides. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What came of a program. */
export interface Ran<Output> {
  readonly output: Output;
  /** The whole program, in milliseconds. */
  readonly ms: number;
}

/**
 * Runs a program of a way.
 *
 * @param way The way.
 * @param options What it is to do, and until when.
 * @returns What it printed, and how long it took.
 * @throws {Error} If it fails: also if it found a wrong result.
 */
export async function runWay<Output>(
  way: Way,
  { input, signal }: { input: object; signal: AbortSignal },
): Promise<Ran<Output>> {
  const command = await way.command();
  const { output, ms } = await runProgram(command, { input: { ...input, ...way.input }, signal });
  return { output: output as Output, ms }; // All programs are ours.
}

/**
 * Makes rows.
 *
 * @param ways A way for each row.
 * @param measure Measures a way.
 * @returns The rows.
 */
export function rowsOf(
  ways: readonly Way[],
  measure: (way: Way, scale: Scale, signal: AbortSignal) => Promise<Sample>,
): Row[] {
  return ways.map((way) => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  }));
}

/**
 * A program that Deno runs. It may do anything: what child processes compute is read in `/proc`, which Deno
 * allows to nobody else.
 *
 * @param name The name of the row.
 * @param program Where the program is in bench/.
 * @param input What it is told besides.
 * @returns The way.
 */
export function denoWay(name: string, program: string, input: object = {}): Way {
  const file = pathOf(program);
  return {
    name,
    command: () => [Deno.execPath(), "run", "--allow-all", file],
    input: { ...input },
  };
}

/**
 * The ways of this project.
 *
 * @param program Where the program is in bench/.
 * @param size How many workers there are.
 * @returns The ways.
 */
export function paralogWays(program: string, size: number): readonly Way[] {
  const way = (name: string, input: ParalogInput) => denoWay(name, program, input);
  return [
    way("paralog", { nJobs: size, backend: "workers" }),
    way("paralog processes", { nJobs: size, backend: "processes" }),
    way("paralog inline", { nJobs: 1, backend: "inline" }),
  ];
}

/** Pools of worker threads in Node. */
export const NODE_POOLS = ["piscina", "poolifier", "tinypool", "workerpool"] as const;

/**
 * A pool of Node's.
 *
 * @param figure The figure, for which it has a program in bench/peers/.
 * @param pool The package.
 * @param input What its program is told besides: how big it is, how it is set.
 * @returns The way, with the name of the package.
 */
export function nodeWay(
  figure: string,
  pool: typeof NODE_POOLS[number],
  input: { readonly size: number; readonly atOnce?: number; readonly isMapped?: boolean },
): Way {
  const { atOnce, isMapped = true } = input;
  const how = atOnce !== undefined ? `, ${atOnce} at once` : isMapped ? "" : ", execute";
  return {
    name: `${pool}${how}`,
    peer: PEERS[pool],
    command: () => ["node", pathOf(`peers/${figure}_node.mjs`)],
    input: { pool, ...input },
  };
}

/**
 * The ways of Python.
 *
 * @param figure The figure, for which there is a program in bench/peers/.
 * @param sizes How big the pools are.
 * @returns The ways.
 */
export function pythonWays(
  figure: string,
  sizes: { readonly joblib: number; readonly executor: number },
): readonly Way[] {
  const program = ["-B", pathOf(`peers/${figure}_python.py`)] as const; // No folder of compiled files.
  return [
    {
      name: "joblib",
      peer: JOBLIB,
      command: async () => [await JOBLIB.interpreter(), ...program],
      input: { pool: "joblib", size: sizes.joblib },
    },
    {
      name: "ProcessPoolExecutor",
      peer: PYTHON,
      command: () => ["python3", ...program],
      input: { pool: "executor", size: sizes.executor },
    },
  ];
}

const JOBLIB = new PythonPeer("joblib");

const PEERS: Readonly<Record<typeof NODE_POOLS[number], Peer>> = {
  piscina: new NpmPeer("piscina"),
  poolifier: new NpmPeer("poolifier"),
  tinypool: new NpmPeer("tinypool"),
  workerpool: new NpmPeer("workerpool"),
};

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
