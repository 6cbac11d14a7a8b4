/**
 * What the Node programs of the figure of logging share: runs in one program, of which the last is
 * measured.
 */

import { statSync } from "node:fs";

/**
 * Does all runs and prints what the last one took. `open` makes ready what a run needs; what it
 * returns logs records with the numbers from 0 on, and waits until the last line is in the file.
 */
export async function measureRuns({ file, runs }, open) {
  let output;
  for (const records of runs) {
    const { log, flush } = await open();
    const before = process.cpuUsage(); // Of all threads.
    const start = performance.now();
    log(records);
    await flush();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    output = { ms, cpu: (user + system) / 1000, bytes: statSync(file).size };
  }
  console.log(JSON.stringify(output));
}
