/**
 * The figure of arguments: what it costs to give 1 KB, 100 KB and 10 MB to a call and get as much
 * back.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { BareWorkersInput } from "./arguments/bare_workers.ts";
import type { ParalogInput } from "./arguments/paralog.ts";
import type { ArgumentsInput, ArgumentsOutput, Kind, Load } from "./arguments/work.ts";
import type { Figure, Peer, Row, Sample, Scale } from "./harness/figure.ts";
import { NpmPeer, PythonPeer } from "./harness/peers.ts";
import { askProgram, runProgram } from "./harness/program.ts";

const LOADS: readonly [Load, Load, Load] = [
  { bytes: 1000, calls: 2000, warmUps: 5, runs: 5 },
  { bytes: 100_000, calls: 200, warmUps: 5, runs: 5 },
  { bytes: 10_000_000, calls: 8, warmUps: 2, runs: 3 },
];
const QUICK_CALLS = 4;

/** How a row does it. */
interface Way {
  readonly name: string;
  readonly peer?: Peer;
  readonly command: () => Promise<readonly [string, ...string[]]>;
  /** What the program is told besides the loads. */
  readonly input: { readonly kind: Kind | "array" } & Readonly<Record<string, unknown>>;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const deno = (file: string, ...flags: string[]): Way["command"] => () =>
  Promise.resolve([Deno.execPath(), "run", "--allow-read", ...flags, path(file)]);
const PISCINA = new NpmPeer("piscina");
const JOBLIB = new PythonPeer("joblib");

/** joblib moves arrays of numpy in another way than bytes. */
const JOBLIB_NUMPY: Peer = {
  name: "joblib with numpy",
  obstacle: async () => await JOBLIB.obstacle() ?? await numpyObstacle(),
  version: async () => `${await JOBLIB.version()}, numpy ${await numpyVersion()}`,
};

async function numpyVersion(): Promise<string | undefined> {
  const code = "import numpy; print(numpy.__version__)";
  return await askProgram(await JOBLIB.interpreter(), "-c", code);
}

async function numpyObstacle(): Promise<string | undefined> {
  return await numpyVersion() === undefined
    ? 'the python3 with joblib has no numpy; try "apt-get install python3-numpy"'
    : undefined;
}

const WAYS: readonly Way[] = [
  paralog("paralog", { kind: "bytes", backend: "workers", transfer: false }),
  paralog("paralog, transfer", { kind: "bytes", backend: "workers", transfer: true }),
  bareWorkers("bare workers", { kind: "bytes", transfer: false }),
  bareWorkers("bare workers, transfer", { kind: "bytes", transfer: true }),
  piscina("piscina", { kind: "bytes", transfer: false }),
  piscina("piscina, transfer", { kind: "bytes", transfer: true }),
  paralog("paralog, processes", { kind: "bytes", backend: "processes", transfer: false }),
  bareProcesses("bare processes", "bytes"),
  joblib("joblib", "bytes"),
  { ...joblib("joblib, numpy", "array"), peer: JOBLIB_NUMPY },
  paralog("paralog, text", { kind: "text", backend: "workers", transfer: false }),
  bareWorkers("bare workers, text", { kind: "text", transfer: false }),
  piscina("piscina, text", { kind: "text", transfer: false }),
  paralog("paralog, processes, text", { kind: "text", backend: "processes", transfer: false }),
  bareProcesses("bare processes, text", "text"),
  joblib("joblib, text", "text"),
];

function paralog(name: string, input: Omit<ParalogInput, "loads">): Way {
  const flags = input.backend === "processes" ? ["--allow-run", "--allow-env"] : [];
  return { name, command: deno("arguments/paralog.ts", ...flags), input: { ...input } };
}

function bareWorkers(name: string, input: Omit<BareWorkersInput, "loads">): Way {
  return { name, command: deno("arguments/bare_workers.ts"), input: { ...input } };
}

function bareProcesses(name: string, kind: Kind): Way {
  return { name, command: deno("arguments/bare_processes.ts", "--allow-run"), input: { kind } };
}

function piscina(name: string, input: Omit<BareWorkersInput, "loads">): Way {
  const command = ["node", path("peers/arguments_piscina.mjs")] as const;
  return { name, peer: PISCINA, command: () => Promise.resolve(command), input: { ...input } };
}

function joblib(name: string, kind: Way["input"]["kind"]): Way {
  const program = path("peers/arguments_joblib.py");
  const command = async () => [await JOBLIB.interpreter(), program] as const;
  return { name, peer: JOBLIB, command, input: { kind } };
}

/** The figure. */
export const figure: Figure = {
  name: "arguments",
  title: "2 workers, warm, get bytes or text and give as much back",
  measures: [
    { key: "large", title: "ms a call of 10 MB" },
    { key: "rate", title: "MB/s of these" },
    { key: "medium", title: "us a call of 100 KB" },
    { key: "small", title: "us a call of 1 KB" },
  ],
  rows: WAYS.map((way): Row => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  })),
  budgets: [
    { row: "paralog", measure: "large", most: 1.5, than: "bare workers" },
    { row: "paralog, text", measure: "large", most: 1.5, than: "bare workers, text" },
  ],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const loads = quick
    ? LOADS.map((load) => ({ ...load, calls: QUICK_CALLS, warmUps: 0, runs: 1 }))
    : LOADS;
  const input: Pick<ArgumentsInput, "loads"> = { loads };
  const options = { input: { ...input, ...way.input }, signal };
  const { output } = await runProgram(await way.command(), options);
  const times = output as ArgumentsOutput; // All programs are ours.
  const [small, medium, large] = times.map((ms, index) => ms / (loads[index]?.calls ?? NaN));
  if (small === undefined || medium === undefined || large === undefined) {
    throw new Error(`${times.length} times of ${loads.length} were told`);
  }
  const rate = LOADS[2].bytes / 1e6 / (large / 1000);
  return { values: { large, rate, medium: medium * 1000, small: small * 1000 } };
}
