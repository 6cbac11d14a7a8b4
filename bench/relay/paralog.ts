/**
 * The program behind paralog's rows: tasks log, and the caller has the handler.
 *
 * @module
 */

import { delayed, FileHandler, getLogger, Parallel, task } from "@paralog/paralog";
import process from "node:process";
import type { RelayInput, RelayOutput } from "./lines.ts";

/** What paralog's program is told besides. */
export interface ParalogInput extends RelayInput {
  readonly nJobs: number;
  readonly backend: "inline" | "workers";
  /** That of the `FileHandler`. */
  readonly bufferSize?: number;
}

const log = getLogger("bench.relay");

/** Logs, and returns how long that took in milliseconds. */
export const logRecords = task(import.meta, function logRecords(task: number, records: number) {
  const start = performance.now();
  for (let i = 0; i < records; i++) {
    log.info("record %d of task %d: fetched, checked and stored", i, task);
  }
  return performance.now() - start;
});

async function main(input: ParalogInput): Promise<RelayOutput> {
  const { file, tasks, records, runs, nJobs, backend, bufferSize } = input;
  const handler = new FileHandler(file, {
    formatter: "%(asctime)s %(processName)s %(levelname)s %(name)s %(message)s",
    ...(bufferSize !== undefined && { bufferSize }),
  });
  getLogger().addHandler(handler);
  getLogger().setLevel("INFO");
  await using parallel = new Parallel(nJobs, { backend });
  const all = Array.from({ length: tasks }, (_, task) => delayed(logRecords)(task, records));
  let [ms, cpu, calls]: [number, number, number[]] = [0, 0, []];
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    calls = await parallel.run(all);
    handler.flush();
    ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpu = (user + system) / 1000;
  }
  return { ms, cpu, calls, lines: countLines(file) };
}

function countLines(file: string): number {
  let count = 0;
  for (const byte of Deno.readFileSync(file)) if (byte === 0x0a) count++;
  return count;
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
