/**
 * The figure of logging to a file: one thread logs 300,000 records, and all of them end up in a file.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Figure, Peer, Row, Sample, Scale } from "./harness/figure.ts";
import { NpmPeer, PYTHON } from "./harness/peers.ts";
import { runProgram } from "./harness/program.ts";
import {
  findWrongLine,
  type LineFormat,
  type LoggingInput,
  type LoggingOutput,
  readJson,
  readText,
} from "./logging/lines.ts";
import type { ParalogInput } from "./logging/paralog.ts";

const RECORDS = 300_000;
/** For peers that take ten times as long. */
const SLOW_RECORDS = 60_000;
/** For one that takes a hundred times as long; also what the cold program of every row logs. */
const FEW_RECORDS = 3000;
/** As many as show that everything works, over more than one buffer. */
const QUICK_RECORDS = 300;
/** That of `@std/log`, unless it is told another, in bytes. */
const BUFFER_SIZE = 4096;
const PREFIX = "step=1 ";

/** How a row does it. */
interface Way {
  readonly name: string;
  readonly peer?: Peer;
  readonly command: readonly [string, ...string[]];
  /** What the program is told besides. */
  readonly input?: Readonly<Record<string, unknown>>;
  readonly format: LineFormat;
  /** How many records it logs. @default RECORDS */
  readonly records?: number;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const DENO = [Deno.execPath(), "run", "--allow-read", "--allow-write"] as const;
const PINO = new NpmPeer("pino", ["sonic-boom"]);
const LOGTAPE = new NpmPeer("@logtape/file", ["@logtape/logtape"]);
const JSON_LINES: LineFormat = { readLine: readJson };
const TEXT_LINES: LineFormat = { readLine: readText };

const WAYS: readonly Way[] = [
  paralog("paralog JSON", { format: "json", bufferSize: BUFFER_SIZE }),
  paralog("paralog JSON, filters", { format: "json", bufferSize: BUFFER_SIZE, prefix: PREFIX }),
  paralog("paralog JSON, template literal", {
    ...{ format: "json", bufferSize: BUFFER_SIZE, literal: true },
  }),
  paralog("paralog JSON, unbuffered", { format: "json" }),
  paralog("paralog text", { format: "text", bufferSize: BUFFER_SIZE }),
  deno("@std/log JSON", "std_log.ts"),
  deno("@std/log through paralog", "std_log_joined.ts", { bufferSize: BUFFER_SIZE }),
  deno("only the writes", "bare_writes.ts"),
  ...["sync", "buffered", "async"].map((way): Way => ({
    name: `pino JSON, ${way}`,
    peer: PINO,
    command: ["node", path("peers/logging_pino.mjs")],
    input: { way },
    format: JSON_LINES,
  })),
  slow("winston JSON", {
    peer: new NpmPeer("winston"),
    command: ["node", path("peers/logging_winston.mjs")],
    format: JSON_LINES,
  }),
  slow("log4js text", {
    peer: new NpmPeer("log4js", ["streamroller"]),
    command: ["node", path("peers/logging_log4js.mjs")],
    format: TEXT_LINES,
  }),
  ...["sync", "nonBlocking", "stream"].map((way): Way =>
    slow(`LogTape JSON, ${way}`, {
      peer: LOGTAPE,
      command: ["node", path("peers/logging_logtape.mjs")],
      input: { way },
      format: JSON_LINES,
      // Each record is synced to the disk.
      ...(way === "sync" && { records: FEW_RECORDS }),
    })
  ),
  ...[false, true].map((optimized): Way =>
    slow(optimized ? "Python text, optimized" : "Python text", {
      peer: PYTHON,
      command: ["python3", path("peers/logging_python.py")],
      input: { optimized },
      format: TEXT_LINES,
    })
  ),
];

function deno(name: string, program: string, input: Way["input"] = {}): Way {
  return { name, command: [...DENO, path(`logging/${program}`)], input, format: JSON_LINES };
}

function paralog(name: string, input: Omit<ParalogInput, keyof LoggingInput>): Way {
  const { readLine } = input.format === "json" ? JSON_LINES : TEXT_LINES;
  const format = { readLine, ...(input.prefix !== undefined && { prefix: input.prefix }) };
  return { ...deno(name, "paralog.ts", { ...input }), format };
}

/** A peer that logs fewer records, which its name says. */
function slow(name: string, { records = SLOW_RECORDS, ...way }: Omit<Way, "name">): Way {
  return { ...way, name: `${name}, ${records.toLocaleString("en")} records`, records };
}

/** The figure. */
export const figure: Figure = {
  name: "logging",
  title: "One thread logs 300,000 records into a file",
  measures: [
    { key: "warm", title: "us a record, warm" },
    { key: "cpu", title: "us of CPU a record" },
    { key: "cold", title: "ms a program of 3,000 records" },
  ],
  rows: WAYS.map((way): Row => ({
    name: way.name,
    ...(way.peer && { peer: way.peer }),
    measure: (scale, signal) => measure(way, scale, signal),
  })),
  budgets: [
    { row: "paralog JSON", measure: "warm", most: 1, than: "@std/log JSON" },
    { row: "paralog JSON, filters", measure: "warm", most: 1, than: "@std/log JSON" },
  ],
};

async function measure(way: Way, { quick }: Scale, signal: AbortSignal): Promise<Sample> {
  const records = quick ? QUICK_RECORDS : way.records ?? RECORDS;
  const part = Math.floor(records / 6); // V8 compiles in the first two runs, hardly in the third.
  const cold = await run(way, [quick ? QUICK_RECORDS : FEW_RECORDS], signal);
  const warm = await run(way, [part, part, records], signal);
  const { ms, cpu } = warm.output;
  return {
    values: { warm: ms * 1000 / records, cpu: cpu * 1000 / records, cold: cold.ms },
  };
}

/** Runs a program with a file of its own, and verifies the file. */
async function run(
  { command, input: more, format }: Way,
  runs: readonly number[],
  signal: AbortSignal,
): Promise<{ readonly output: LoggingOutput; readonly ms: number }> {
  const folder = await Deno.makeTempDir({ prefix: "paralog_bench_" });
  try {
    const input: LoggingInput = { file: `${folder}/logging.log`, runs };
    const ran = await runProgram(command, { input: { ...input, ...more }, signal });
    const output = ran.output as LoggingOutput; // All programs are ours.
    const wrong = await findWrongLine(input, format);
    if (wrong !== undefined) throw new Error(wrong);
    const { size } = await Deno.stat(input.file);
    if (output.bytes === size) return { output, ms: ran.ms };
    throw new Error(`${output.bytes} bytes when the clock was stopped, expected ${size}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
