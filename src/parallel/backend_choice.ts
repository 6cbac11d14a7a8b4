/**
 * Choosing where calls run.
 *
 * @module
 */

import { getLogger } from "../logging/realm.ts";
import { inspect } from "../logging/text/inspect.ts";
import type { Backend } from "./backend.ts";
import { inlineBackend } from "./backends/inline.ts";
import { WorkersBackend } from "./backends/workers.ts";
import type { Call } from "./task.ts";

/** Where calls run: "auto", a backend by its name, or one of your own. */
export type BackendOption = "auto" | "inline" | "workers" | Backend;

/** The backends that have a name. All workers of a thread share one, and so one order of records. */
const BACKENDS: Readonly<Record<"inline" | "workers", Backend>> = {
  inline: inlineBackend,
  workers: new WorkersBackend(),
};

/** Chooses the backend for each run. */
export class BackendChoice {
  readonly #wanted: Backend;
  /** Whether calls run inline where the wanted backend can't run them. */
  readonly #mayGiveWay: boolean;
  #hasWarned = false;

  /**
   * Decides as far as it can be known without the calls.
   *
   * @param given What the user asked for.
   * @param nJobs How many calls run at once.
   * @throws {TypeError} If there is no such backend.
   */
  constructor(given: BackendOption, nJobs: number) {
    this.#mayGiveWay = given === "auto";
    if (given === "auto") this.#wanted = nJobs === 1 ? BACKENDS.inline : BACKENDS.workers;
    else this.#wanted = findBackend(given);
  }

  /**
   * Finds the backend that can run calls. Logs one warning, for all runs, if "auto" gives way.
   *
   * @param calls The calls of a run.
   * @returns The backend.
   * @throws {Deno.errors.NotCapable} If the backend was named, and Deno refuses to start it.
   */
  async choose(calls: readonly Call[]): Promise<Backend> {
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

function findBackend(given: Exclude<BackendOption, "auto">): Backend {
  if (typeof given === "string" && Object.hasOwn(BACKENDS, given)) return BACKENDS[given];
  if (
    typeof given === "object" && typeof given?.start === "function" &&
    typeof given.obstacle === "function" && typeof given.maxWorkers === "number"
  ) return given;
  const names = Object.keys(BACKENDS).map((name) => `"${name}"`).join(", ");
  throw new TypeError(
    `Cannot use ${
      inspect(given)
    } as a backend: use "auto", ${names}, or an object that implements ` +
      "Backend",
  );
}
