/**
 * What Deno's programs of the figure of logging share: runs in one program, of which the last is
 * measured.
 *
 * @module
 */

import process from "node:process";
import type { LoggingInput, LoggingOutput } from "./lines.ts";

/** How a program logs. */
export interface Logging {
  /** Logs records with the numbers from 0 on; the loop is its own, so that V8 can inline the call. */
  readonly log: (records: number) => void;
  /** Writes what still waits. */
  readonly flush: () => void;
}

/**
 * Does all runs.
 *
 * @param input How many records, and where the lines go.
 * @param logging How it logs.
 * @returns What the last run took.
 */
export function measureRuns({ file, runs }: LoggingInput, logging: Logging): LoggingOutput {
  let output: LoggingOutput = { ms: 0, cpu: 0, bytes: 0 };
  for (const records of runs) {
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    logging.log(records);
    logging.flush();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    output = { ms, cpu: (user + system) / 1000, bytes: Deno.statSync(file).size };
  }
  return output;
}
