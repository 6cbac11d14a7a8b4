/**
 * The program behind the row of the least that a write for each line takes: the same lines, made
 * beforehand, each written with one `writeSync`.
 *
 * @module
 */

import process from "node:process";
import type { RelayInput, RelayOutput } from "./lines.ts";

function main({ file, tasks, records, runs }: RelayInput): RelayOutput {
  const encoder = new TextEncoder();
  const lines: Uint8Array[] = [];
  for (let task = 0; task < tasks; task++) {
    for (let i = 0; i < records; i++) {
      const message = `record ${i} of task ${task}: fetched, checked and stored`;
      lines.push(
        encoder.encode(`2026-01-02 03:04:05,678 MainProcess INFO bench.relay ${message}\n`),
      );
    }
  }
  let [ms, cpu] = [0, 0];
  using target = Deno.openSync(file, { create: true, append: true });
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    for (const line of lines) target.writeSync(line);
    ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpu = (user + system) / 1000;
  }
  return { ms, cpu, calls: [], lines: lines.length * runs };
}

if (import.meta.main) console.log(JSON.stringify(main(JSON.parse(Deno.args[0] ?? "{}"))));
