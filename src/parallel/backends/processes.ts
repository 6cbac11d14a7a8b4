/**
 * The backend that runs calls in child processes.
 *
 * @module
 */

import { checkOptionNames } from "../../logging/queues/option_names.ts";
import type { CallerRealm } from "../../logging/realm/caller_realm.ts";
import type { LogRecord } from "../../logging/record.ts";
import { inspect } from "../../logging/text/inspect.ts";
import type {
  Ability,
  Backend,
  BackendWorker,
  BatchListener,
  Job,
  WorkerSite,
} from "../backend.ts";
import type { Call } from "../tasks/task.ts";
import { processObstacle } from "./process_obstacle.ts";
import type { ProcessStarter } from "./process_starter.ts";
import type { WorkerProcess } from "./worker_process.ts";

/** Options of {@linkcode ProcessesBackend}. */
export interface ProcessesOptions {
  /**
   * More flags for the `deno run` that starts a process, such as `--v8-flags=--max-old-space-size=512`,
   * or `--config=app.json` where the program itself was started with one.
   *
   * @default none
   */
  readonly flags?: readonly string[];
}

/** Runs calls in child processes, and puts what they log in one order. */
export class ProcessesBackend implements Backend {
  readonly name = "processes";
  readonly maxWorkers: number = Infinity;
  readonly abilities: readonly Ability[] = ["timeout", "memoryLimit", "permissions"];
  readonly #flags: readonly string[];
  #starter: Promise<ProcessStarter> | undefined;

  /**
   * Makes the backend; no process is started yet.
   *
   * @param options More flags for Deno.
   * @throws {TypeError} If an option is unknown, or `flags` is no list of texts that begin with "-".
   */
  constructor(options: ProcessesOptions = {}) {
    checkOptionNames(WHAT, options, ["flags"]);
    this.#flags = checkFlags(options.flags);
  }

  obstacle(): Promise<string | undefined> {
    return processObstacle();
  }

  start(number: number, site: WorkerSite): BackendWorker {
    return new ProcessWorker(number, async () => {
      const starter = await this.#load();
      return (calls) => starter.start(number, site, calls);
    });
  }

  /** With the first process: a program without any, and each Web Worker, starts sooner. */
  #load(): Promise<ProcessStarter> {
    const flags = this.#flags;
    return this.#starter ??= import("./process_starter.ts").then(({ ProcessStarter }) =>
      new ProcessStarter(flags)
    );
  }
}

const WHAT = "make a ProcessesBackend";

/** Anything else would be taken for the main module, "-" and "--" included. */
const FLAG = /^--?[^-]/;

function checkFlags(flags: unknown = []): readonly string[] {
  if (!Array.isArray(flags)) {
    throw new TypeError(
      `Cannot ${WHAT} with ${inspect(flags)} as flags: give a list of flags of deno run`,
    );
  }
  for (const [index, flag] of flags.entries()) {
    if (typeof flag === "string" && FLAG.test(flag)) continue;
    const given = `flags[${index}] is ${inspect(flag)}`;
    const hint = "give a text that begins with -, its value included: --config=app.json";
    throw new TypeError(`Cannot ${WHAT}: ${given}, ${hint}`);
  }
  return [...flags]; // A caller may change its own.
}

/** Starts a process that can import the modules of calls. */
type Start = (calls: readonly Call[]) => WorkerProcess;

/** A worker whose process is another one where a batch needs modules that the first one can't import. */
class ProcessWorker implements BackendWorker {
  readonly name: string;
  readonly #load: () => Promise<Start>;
  #process: WorkerProcess | undefined;
  #ended: { readonly reason: unknown } | undefined;

  constructor(number: number, load: () => Promise<Start>) {
    this.name = `Process-${number}`;
    this.#load = load;
  }

  get alive(): boolean {
    return !this.#ended && (this.#process?.alive ?? true);
  }

  async run(
    batch: readonly Job[],
    caller: CallerRealm,
    listener: BatchListener,
  ): Promise<void> {
    const calls = batch.map(({ call }) => call);
    const process = this.#process?.imports(calls) ? this.#process : await this.#replace(calls);
    if (this.#ended) throw this.#ended.reason;
    await process.run(batch, caller, listener);
  }

  /** Starts the first process, or another one. */
  async #replace(calls: readonly Call[]): Promise<WorkerProcess> {
    await this.#process?.terminate(new Error(`${this.name} was replaced`));
    this.#process = undefined;
    const start = await this.#load();
    if (this.#ended) throw this.#ended.reason;
    return this.#process = start(calls);
  }

  cancel(reason: unknown): boolean {
    return this.#process?.cancel(reason) ?? false;
  }

  lastRecords(run: string, index: number): readonly LogRecord[] {
    return this.#process?.lastRecords(run, index) ?? [];
  }

  async terminate(reason: unknown): Promise<void> {
    this.#ended ??= { reason };
    await this.#process?.terminate(reason);
  }
}
