/**
 * On what was measured: figures mean little without it.
 *
 * @module
 */

import { cpus } from "node:os";
import config from "../../deno.json" with { type: "json" };

/** A machine and what runs on it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly os: string;
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  /** The version of this project. */
  readonly paralog: string;
  /** How many programs wanted to run, over the last minute, when the run began. */
  readonly load: number;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model || "unknown CPU",
    cores: navigator.hardwareConcurrency,
    memory: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    typescript: Deno.version.typescript,
    paralog: config.version,
    load: Deno.loadavg()[0] ?? 0,
  };
}

/**
 * The same in a line.
 *
 * @param machine The machine.
 * @returns The line, without the load.
 */
export function renderMachine(machine: Machine): string {
  const { cpu, cores, memory, os, deno, v8, typescript, paralog } = machine;
  return `${cpu}, ${cores} cores, ${memory} GiB, ${os}; ` +
    `Deno ${deno} (V8 ${v8}, TypeScript ${typescript}), paralog ${paralog}`;
}

/**
 * What speaks against numbers of this machine.
 *
 * @param machine The machine.
 * @returns A warning if it had other things to do.
 */
export function renderLoad({ load }: Machine): string | undefined {
  // One core's half: with less, medians of the same program agree within a few percent.
  return load < 0.5 ? undefined : `The machine was busy when this began: load ${load.toFixed(2)}`;
}
