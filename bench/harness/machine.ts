/**
 * On what was measured: figures mean little without it.
 *
 * @module
 */

/** A machine and what runs on it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly os: string;
  readonly deno: string;
  readonly v8: string;
  /** How many programs wanted to run, over the last minute, when the run began. */
  readonly load: number;
}

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  return {
    cpu: await cpuModel(),
    cores: navigator.hardwareConcurrency,
    memory: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load: Deno.loadavg()[0] ?? 0,
  };
}

/** The same in a line or two, with a warning if the machine has other things to do. */
export function renderMachine(machine: Machine): string {
  const { cpu, cores, memory, os, deno, v8, load } = machine;
  const line = `${cpu}, ${cores} cores, ${memory} GiB, ${os}; Deno ${deno} (V8 ${v8})`;
  // One core's half: with less, medians of the same program agree within a few percent.
  return load < 0.5
    ? line
    : `${line}\nThe machine was busy when this began: load ${load.toFixed(2)}`;
}

async function cpuModel(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*:\s*(.*)$/m.exec(text)?.[1] ?? "unknown CPU";
  } catch {
    return "unknown CPU"; // Only Linux has the file.
  }
}
