/**
 * What the processes of a backend have in common: how they are started, and the order of what they log.
 *
 * @module
 */

import { Arrivals } from "../../relay/arrivals.ts";
import type { WorkerSite } from "../backend.ts";
import type { Call } from "../tasks/task.ts";
import { ProcessCommands } from "./process_command.ts";
import { WorkerProcess } from "./worker_process.ts";

/** Starts the processes of a backend. */
export class ProcessStarter {
  readonly #commands: ProcessCommands;
  readonly #arrivals = new Arrivals();

  /**
   * Starts nothing yet.
   *
   * @param flags More flags for `deno run`.
   */
  constructor(flags: readonly string[]) {
    this.#commands = new ProcessCommands(flags);
  }

  /**
   * Starts a process.
   *
   * @param number Which worker of the pool it is, from 1.
   * @param site What it is given by its `Parallel`.
   * @param calls The calls that are known by now: it can import their modules.
   * @throws {Deno.errors.NotCapable} If its tasks are to do what this program may not do.
   */
  start(number: number, site: WorkerSite, calls: readonly Call[]): WorkerProcess {
    const { memoryLimit, permissions, initializer } = site;
    const known = initializer ? [initializer, ...calls] : calls;
    const command = this.#commands.make({ memoryLimit, permissions }, known);
    return new WorkerProcess(number, { site, arrivals: this.#arrivals, command });
  }
}
