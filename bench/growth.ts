/**
 * The figure of growth: what a call of `x => x + 1` costs in runs of 1,000 to 1,000,000 calls.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { ParalogInput } from "./growth/paralog.ts";
import type { GrowthInput, GrowthOutput } from "./growth/work.ts";
import type { Figure, Peer, Row, Sample, Scale } from "./harness/figure.ts";
import { NpmPeer, PythonPeer } from "./harness/peers.ts";
import { runProgram } from "./harness/program.ts";

/** How many calls a run has, and how many runs of that size are timed. */
const SIZES = new Map([[1000, 21], [10_000, 11], [100_000, 3], [1_000_000, 1]]);
/** So many calls have run before, five times: with a tenth of it, V8 would still be compiling. */
const WARM_UP = 100_000;
/** For who takes half a minute for those. */
const SHORT_WARM_UP = 10_000;
/** So many times fewer calls show that everything works. */
const QUICK_PART = 100;

/** How rows do it. */
interface Way {
  readonly name: string;
  readonly peer?: Peer;
  readonly command: () => Promise<readonly [string, ...string[]]>;
  /** What the program is told besides. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The most calls that it gets. */
  readonly most?: number;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const deno = (file: string): Way["command"] => () =>
  Promise.resolve([Deno.execPath(), "run", "--allow-read", path(file)]);
const JOBLIB = new PythonPeer("joblib");

const WAYS: readonly Way[] = [
  paralog("paralog", "map"),
  paralog("paralog stream", "stream"),
  { name: "bare", command: deno("growth/bare.ts") },
  {
    name: "joblib",
    peer: JOBLIB,
    command: async () => [await JOBLIB.interpreter(), path("peers/growth_joblib.py")],
  },
  {
    name: "piscina",
    peer: new NpmPeer("piscina"),
    command: () => Promise.resolve(["node", path("peers/growth_piscina.mjs")]),
    input: { warmUp: SHORT_WARM_UP },
    most: 100_000, // A million would take half a minute.
  },
];

function paralog(name: string, way: ParalogInput["way"]): Way {
  return { name, command: deno("growth/paralog.ts"), input: { way } };
}

/** The figure. */
export const figure: Figure = {
  name: "growth",
  title: "2 workers, warm, run more and more calls that add 1",
  measures: [
    { key: "warm", title: "us a call" },
    { key: "cpu", title: "us of CPU a call" },
  ],
  rows: WAYS.flatMap(rowsOf),
  budgets: ["paralog", "paralog stream"].map((name) => ({
    row: rowName(name, 1_000_000),
    measure: "warm",
    most: 1.2,
    than: rowName(name, 10_000),
  })),
};

function rowName(name: string, size: number): string {
  return `${name}, ${size.toLocaleString("en-US")} calls`;
}

function rowsOf(way: Way): Row[] {
  const { name, peer, most = Infinity } = way;
  return [...SIZES].filter(([size]) => size <= most).map(([size, runs]) => ({
    name: rowName(name, size),
    ...(peer && { peer }),
    measure: (scale, signal) => measure(way, inputOf(size, runs, scale), signal),
  }));
}

function inputOf(size: number, runs: number, { quick }: Scale): GrowthInput {
  if (!quick) return { size, runs, warmUp: WARM_UP };
  return { size: size / QUICK_PART, runs: 1, warmUp: WARM_UP / QUICK_PART };
}

async function measure(way: Way, input: GrowthInput, signal: AbortSignal): Promise<Sample> {
  const options = { input: { ...input, ...way.input }, signal };
  const { output } = await runProgram(await way.command(), options);
  const { ms, cpu } = output as Partial<GrowthOutput>; // All programs are ours; one tells no CPU.
  if (ms === undefined) throw new Error("no time was told");
  const perCall = (total: number) => total * 1000 / input.size;
  return { values: { warm: perCall(ms), ...(cpu !== undefined && { cpu: perCall(cpu) }) } };
}
