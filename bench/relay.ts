/**
 * The figure of the relay: two workers, or more or fewer, log 60,000 records, and all of them end up in one
 * file.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Figure, Peer, Row, Sample, Scale } from "./harness/figure.ts";
import { NpmPeer, PYTHON } from "./harness/peers.ts";
import { runProgram } from "./harness/program.ts";
import {
  findWrongLine,
  type FoundLine,
  readJson,
  readText,
  type RelayInput,
  type RelayOutput,
} from "./relay/lines.ts";
import type { ParalogInput } from "./relay/paralog.ts";

/** How many tasks log, unless a row says something else. */
const TASKS = 2;
/** All of them together. */
const RECORDS = 60_000;
/** As many as show that everything works, over more than one buffer. */
const QUICK_RECORDS = 600;
/** The last of so many runs is warm: V8 still compiles during the second, hardly in the third. */
const RUNS = 3;
/** That of paralog's buffered rows, in bytes. */
const BUFFER_SIZE = 64 * 1024;

/** How a row does it. */
interface Way {
  readonly name: string;
  readonly peer?: Peer;
  readonly command: readonly [string, ...string[]];
  /** What the program is told besides. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** @default readText */
  readonly readLine?: (line: string) => FoundLine | undefined;
  /** Whether it is known to tear lines: then that is told, and does not fail the bench. */
  readonly tears?: boolean;
  /** How many tasks log, each its share of the records. @default 2 */
  readonly tasks?: number;
  /** How many names of workers the lines have. @default that of the tasks */
  readonly workers?: number;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const DENO = [Deno.execPath(), "run", "--allow-read", "--allow-write"] as const;
const PINO = new NpmPeer("pino", ["sonic-boom", "thread-stream"]);
const LOG4JS = new NpmPeer("log4js", ["streamroller"]);

const WAYS: readonly Way[] = [
  paralog("paralog", { nJobs: TASKS, backend: "workers" }),
  paralog("paralog, bufferSize", { nJobs: TASKS, backend: "workers", bufferSize: BUFFER_SIZE }),
  paralog("paralog, 1 worker", { nJobs: 1, backend: "workers" }),
  paralog("paralog, 4 workers", { nJobs: 4, backend: "workers" }),
  paralog("paralog, 8 workers", { nJobs: 8, backend: "workers" }),
  paralog("paralog inline", { nJobs: 1, backend: "inline" }),
  paralog("paralog inline, bufferSize", { nJobs: 1, backend: "inline", bufferSize: BUFFER_SIZE }),
  { name: "only the writes", command: [...DENO, path("relay/bare_writes.ts")], workers: 1 },
  {
    name: "Python QueueHandler",
    peer: PYTHON,
    command: ["python3", path("peers/relay_queue_handler.py")],
  },
  ...["sync", "async", "transport"].map((way): Way => ({
    name: `pino ${way}`,
    peer: PINO,
    command: ["node", path("peers/relay_pino.mjs")],
    input: { way },
    readLine: readJson,
    // Each worker has a transport, which writes blocks that may end within a line.
    tears: way === "transport",
  })),
  { name: "log4js tcp", peer: LOG4JS, command: ["node", path("peers/relay_log4js.mjs")] },
];

function paralog(name: string, input: Omit<ParalogInput, keyof RelayInput>): Way {
  const command = [...DENO, path("relay/paralog.ts")] as const;
  const { nJobs } = input;
  return { name, command, input: { ...input }, tasks: Math.max(TASKS, nJobs), workers: nJobs };
}

/** The figure. */
export const figure: Figure = {
  name: "relay",
  title: `${TASKS} workers log ${RECORDS} records into one file`,
  measures: [
    { key: "warm", title: "us a record, warm" },
    { key: "cpu", title: "us of CPU a record" },
    { key: "call", title: "us a log call in the worker" },
    { key: "cold", title: "ms the whole program" },
  ],
  rows: WAYS.map((way): Row => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  })),
  budgets: [
    { row: "paralog", measure: "warm", most: 3 },
    { row: "paralog, bufferSize", measure: "warm", most: 3 },
  ],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const all = quick ? QUICK_RECORDS : RECORDS;
  const { tasks = TASKS } = way;
  const records = all / tasks;
  const cold = await run(way, { tasks, records, runs: 1, signal });
  const warm = await run(way, { tasks, records, runs: RUNS, signal });
  const { ms, cpu, calls } = warm.output;
  const fault = warm.fault ?? cold.fault;
  return {
    values: {
      warm: ms * 1000 / all,
      cpu: cpu * 1000 / all,
      ...(calls.length > 0 && { call: Math.max(...calls) * 1000 / records }),
      cold: cold.ms,
    },
    ...(fault !== undefined && { fault }),
  };
}

/** How much a program is to do. */
interface Work extends Omit<RelayInput, "file"> {
  readonly signal: AbortSignal;
}

/** What came of a program, and of its file. */
interface Ran {
  readonly output: RelayOutput;
  /** The whole program, in milliseconds. */
  readonly ms: number;
  readonly fault: string | undefined;
}

/** Runs a program with a file of its own, and verifies the file. */
async function run(way: Way, { signal, ...work }: Work): Promise<Ran> {
  const folder = await Deno.makeTempDir({ prefix: "paralog_bench_" });
  try {
    const input: RelayInput = { file: `${folder}/relay.log`, ...work };
    const options = { input: { ...input, ...way.input }, signal };
    const { output, ms } = await runProgram(way.command, options);
    const printed = output as RelayOutput; // All programs are ours.
    const fault = findFault(await Deno.readTextFile(input.file), way, input, printed);
    if (fault !== undefined && !way.tears) throw new Error(fault);
    return { output: printed, ms, fault };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function findFault(
  text: string,
  { readLine = readText, workers }: Way,
  input: RelayInput,
  { lines }: RelayOutput,
): string | undefined {
  const wanted = input.tasks * input.records * input.runs;
  if (lines !== wanted) return `${lines} lines when the clock was stopped, expected ${wanted}`;
  return findWrongLine(text, input, { readLine, workers: workers ?? input.tasks });
}
