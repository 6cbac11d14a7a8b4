/**
 * What other processes compute: a call that runs elsewhere costs its caller, Redis and a worker. Programs of
 * Node and of Deno share it.
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

/**
 * Adds up what some processes, all that they have started, and what those have started, computed so far. This
 * process is left out.
 *
 * @param {readonly number[]} roots The ids of the processes.
 * @returns {number | undefined} Milliseconds of a core; `undefined` where there is no `/proc` to read it in.
 */
export function otherCpu(roots) {
  if (process.platform !== "linux") return undefined;
  const processes = new Map(
    readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).map((
      pid,
    ) => [pid, readStat(pid)]),
  );
  const belongs = (pid) =>
    roots.includes(pid) || (processes.has(pid) && belongs(processes.get(pid).parent));
  let ms = 0;
  for (const [pid, stat] of processes) {
    if (pid !== process.pid && belongs(pid)) ms += stat.ms;
  }
  return ms;
}

/** See `man 5 proc_pid_stat`: what stands in brackets is a name, and may have spaces. */
function readStat(pid) {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [, parent = 0] = fields;
  // Its own, and that of the processes that it has started and that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
  return { parent, ms: ticks * MS_PER_TICK };
}

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // It has just ended, in one of several ways to say so.
  }
}
