/**
 * The figure of memory: what a queued call, a worker and a long stream take.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Figure, Peer, Row } from "./harness/figure.ts";
import { NpmPeer } from "./harness/peers.ts";
import { runProgram } from "./harness/program.ts";
import type { QueuedInput, QueuedOutput } from "./memory/queued_calls.ts";
import type { StreamInput, StreamOutput } from "./memory/stream.ts";
import type { WorkerMemory } from "./memory/worker_memory.ts";
import type { WorkersInput } from "./memory/workers.ts";

/** How many calls wait. */
const QUEUED = 100_000;
/** After how many calls the heap of a stream is looked at. */
const STREAMED = { few: 200_000, many: 1_000_000 };
/** So many times fewer calls show that everything works. */
const QUICK_PART = 100;
/** How many workers a mean is of. */
const WORKERS = 4;
const MB = 1e6;

type Command = readonly [string, ...string[]];

/** Some of the rows. */
interface RowOptions {
  readonly peer?: Peer;
  readonly command: Command;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const DENO = [Deno.execPath(), "run"] as const;
/** Garbage is to be collected before the heap is looked at. */
const DENO_GC = [...DENO, "--allow-read", "--v8-flags=--expose-gc"] as const;
const PISCINA: RowOptions = {
  peer: new NpmPeer("piscina"),
  command: ["node", "--expose-gc", path("peers/memory_piscina.mjs")],
};
const QUEUE: RowOptions = { command: [...DENO_GC, path("memory/queued_calls.ts")] };
const OURS: RowOptions = { command: [...DENO, "--allow-all", path("memory/workers.ts")] };
const BARE: RowOptions = { command: [...DENO, "--allow-all", path("memory/bare_workers.ts")] };

/** The figure. */
export const figure: Figure = {
  name: "memory",
  title: "what is in memory",
  measures: [
    { key: "call", title: "bytes a queued call" },
    { key: "worker", title: "MB a worker" },
    { key: "own", title: "MB of its own" },
    { key: "heap", title: "MB in the heap" },
  ],
  rows: [
    queueRow('paralog, preDispatch "all"', { ...QUEUE, part: "queued", preDispatch: "all" }),
    queueRow("paralog, default", { ...QUEUE, part: "queued" }),
    queueRow("the calls, made by delayed", { ...QUEUE, part: "made" }),
    queueRow("piscina, queue", { ...PISCINA, part: "queued" }),
    workerRow("paralog, a Web Worker", { ...OURS, backend: "workers" }),
    workerRow("a bare Web Worker", { ...BARE, backend: "workers" }),
    workerRow("piscina, a thread", { ...PISCINA, backend: "workers" }),
    workerRow("paralog, a process", { ...OURS, backend: "processes" }),
    workerRow("a bare process", { ...BARE, backend: "processes" }),
    streamRow(STREAMED.few),
    streamRow(STREAMED.many),
  ],
  budgets: [
    { row: 'paralog, preDispatch "all"', measure: "call", most: 500 },
    { row: "paralog, default", measure: "call", most: 500 },
    {
      row: streamName(STREAMED.many),
      measure: "heap",
      most: 1.1,
      than: streamName(STREAMED.few),
    },
  ],
};

/** A row of calls that wait. */
function queueRow(
  name: string,
  { peer, command, part, preDispatch }:
    & RowOptions
    & { readonly part: keyof QueuedOutput }
    & Pick<Partial<QueuedInput>, "preDispatch">,
): Row {
  return {
    name,
    ...(peer && { peer }),
    measure: async ({ quick }, signal) => {
      const calls = quick ? QUEUED / QUICK_PART : QUEUED;
      const { output } = await runProgram(command, { input: { calls, preDispatch }, signal });
      const bytes = output as QueuedOutput; // All programs are ours.
      return { values: { call: bytes[part] / calls } };
    },
  };
}

/** A row of workers that have just started. */
function workerRow(
  name: string,
  { peer, command, backend }: RowOptions & Pick<WorkersInput, "backend">,
): Row {
  return {
    name,
    ...(peer && { peer }),
    measure: async ({ quick }, signal) => {
      const input: WorkersInput = { backend, workers: quick ? 1 : WORKERS };
      const { output } = await runProgram(command, { input, signal });
      const { rss, own } = output as WorkerMemory; // All programs are ours.
      return { values: { worker: rss / MB, ...(own !== undefined && { own: own / MB }) } };
    },
  };
}

function streamName(calls: number): string {
  return `paralog stream, ${calls.toLocaleString("en-US")} calls`;
}

/** A row of a stream in its midst. */
function streamRow(calls: number): Row {
  const command: Command = [...DENO_GC, path("memory/stream.ts")];
  return {
    name: streamName(calls),
    measure: async ({ quick }, signal) => {
      const input: StreamInput = { calls: quick ? calls / QUICK_PART : calls };
      const { output } = await runProgram(command, { input, signal });
      const { heap } = output as StreamOutput; // The program is ours.
      return { values: { heap: heap / MB } };
    },
  };
}
