/**
 * What child processes compute.
 *
 * @module
 */

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

/**
 * Adds up what all children of this process that still run have computed so far.
 *
 * @returns Milliseconds of a core; `undefined` where there is no `/proc` to read it in.
 */
export function childCpu(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let ms = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (/^\d+$/.test(name)) ms += cpuOfChild(name);
  }
  return ms;
}

/** See `man 5 proc_pid_stat`: what stands in brackets is a name, and may have spaces. */
function cpuOfChild(pid: string): number {
  const text = readStat(pid);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system] = [fields[1], fields[11], fields[12]];
  return Number(parent) === Deno.pid ? (Number(user) + Number(system)) * MS_PER_TICK : 0;
}

function readStat(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return ""; // It has just ended, in one of several ways to say so.
  }
}
