/** How much memory is in use. */

import v8 from "node:v8";
import vm from "node:vm";

/** How many bytes of this thread's heap can be reached: what can't is collected first. */
export function heapInUse(): number {
  v8.setFlagsFromString("--expose-gc");
  vm.runInNewContext("gc")();
  return Deno.memoryUsage().heapUsed;
}

/**
 * What this process has open: files, pipes, sockets, in alphabetical order; nothing where the system does not
 * tell. A thread lets go of its own sockets and events a moment after it has ended.
 */
export function openFiles(): string[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      return [Deno.readLinkSync(`/proc/self/fd/${name}`).replace(/:\[\d+\]$/, "")];
    } catch {
      return []; // It was this look at them.
    }
  }).toSorted();
}

/** Whether a process is there, as far as the system tells. */
export function isRunning(pid: number): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z "); // Not one that has ended.
  } catch {
    return false;
  }
}
