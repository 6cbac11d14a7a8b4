/**
 * Choosing where calls run.
 *
 * @module
 */

import { getLogger } from "../logging/realm.ts";
import { inspect } from "../logging/text/inspect.ts";
import type { Ability, Backend } from "./backend.ts";
import { inlineBackend } from "./backends/inline.ts";
import { ProcessesBackend } from "./backends/processes.ts";
import { WorkersBackend } from "./backends/workers.ts";
import { currentNesting } from "./tasks/current_task.ts";
import type { Call } from "./tasks/task.ts";

/** Where calls run: "auto", a backend by its name, or one of your own. */
export type BackendOption = "auto" | "inline" | "workers" | "processes" | Backend;

/** The backends that have a name. All workers of a thread share one, and so one order of records. */
const BACKENDS: Readonly<Record<"inline" | "workers" | "processes", Backend>> = {
  inline: inlineBackend,
  workers: new WorkersBackend(),
  processes: new ProcessesBackend(),
};

/** What backends are called elsewhere. */
const ALIASES = {
  workers: ["threading", "threads", "thread", "worker", "web"],
  processes: ["loky", "multiprocessing", "process", "cluster", "child_process"],
  inline: ["sequential", "serial", "main"],
} as const;

/** Runs within tasks of runs within tasks are inline, as joblib's are: the machine is busy by then. */
const DEEPEST_WORKERS = 1;

/** Why only some backends can give what options ask for. */
const REASONS: Readonly<Record<Ability, string>> = {
  timeout: "only a process can be killed while it runs",
  memoryLimit: "only a process has a memory of its own",
  permissions: "only a process has permissions of its own",
};

/** What a run is to be given. */
export interface BackendNeeds {
  /** How many calls run at once. */
  readonly nJobs: number;
  /** The options that ask for more than running calls. */
  readonly abilities: readonly Ability[];
}

/** Chooses the backend for each run. */
export class BackendChoice {
  readonly #wanted: Backend;
  readonly #isAuto: boolean;
  /** Whether calls run inline where the wanted backend can't run them. */
  readonly #mayGiveWay: boolean;
  #hasWarned = false;

  /**
   * Decides as far as it can be known without the calls.
   *
   * @param given What the user asked for.
   * @param needs What the backend must give.
   * @throws {TypeError} If there is no such backend, or it can't give that.
   */
  constructor(given: BackendOption, { nJobs, abilities }: BackendNeeds) {
    this.#isAuto = given === "auto";
    this.#mayGiveWay = this.#isAuto && abilities.length === 0;
    if (given !== "auto") this.#wanted = findBackend(given);
    else if (abilities.length > 0) this.#wanted = BACKENDS.processes;
    else this.#wanted = nJobs === 1 ? BACKENDS.inline : BACKENDS.workers;
    for (const ability of abilities) checkAbility(this.#wanted, ability);
  }

  /**
   * Finds the backend that can run calls. Logs one warning, for all runs, if "auto" gives way.
   *
   * @param calls The calls of a run, as far as they are known.
   * @returns The backend.
   * @throws {Deno.errors.NotCapable} If Deno refuses to start the only one that can.
   */
  async choose(calls: readonly Call[]): Promise<Backend> {
    if (this.#mayGiveWay && currentNesting().level > DEEPEST_WORKERS) return BACKENDS.inline;
    const obstacle = await this.#wanted.obstacle(calls);
    if (obstacle === undefined) return this.#wanted;
    if (!this.#mayGiveWay) throw new Deno.errors.NotCapable(obstacle);
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      getLogger("paralog").warn(
        `${obstacle} to run in parallel. Running inline instead, with the same results and records`,
      );
    }
    return BACKENDS.inline;
  }
}

function checkAbility({ name, abilities }: Backend, ability: Ability): void {
  if (abilities?.includes(ability)) return;
  throw new TypeError(
    `Cannot give ${ability} with backend "${name}": ${
      REASONS[ability]
    }. Use backend: "processes", ` +
      'or "auto", which chooses it',
  );
}

function findBackend(given: Exclude<BackendOption, "auto">): Backend {
  if (typeof given === "string" && Object.hasOwn(BACKENDS, given)) return BACKENDS[given];
  if (
    typeof given === "object" && typeof given?.start === "function" &&
    typeof given.obstacle === "function" && typeof given.maxWorkers === "number"
  ) return given;
  const asked: unknown = given;
  for (const [name, aliases] of Object.entries(ALIASES)) {
    if (!aliases.some((alias) => alias === asked)) continue;
    throw new TypeError(`Cannot use "${asked}" as a backend: here it is called "${name}"`);
  }
  const names = Object.keys(BACKENDS).map((name) => `"${name}"`).join(", ");
  throw new TypeError(
    `Cannot use ${
      inspect(given)
    } as a backend: use "auto", ${names}, or an object that implements ` +
      "Backend",
  );
}
