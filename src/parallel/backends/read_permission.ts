/**
 * Whether workers may be started here: they import modules, for which Deno wants a permission.
 *
 * @module
 */

import type { Call } from "../tasks/task.ts";

/** The folder of all modules that the entry imports. */
const SOURCES = new URL("../../", import.meta.url);

/** Finds out why workers can't import what calls need. To ask Deno takes as long as to send a call: once is enough. */
export class ReadPermission {
  /** The modules that may be read. */
  readonly #granted = new Set<string>();

  /**
   * Why workers can't import what these calls need. Modules that are files need `--allow-read`; it is checked
   * beforehand, because a worker that is refused prints an error of its own.
   *
   * @param calls The calls of a run.
   * @returns A sentence that says what to do; `undefined` if nothing is missing.
   */
  async obstacle(calls: readonly Call[]): Promise<string | undefined> {
    const urls = new Set([SOURCES.href]);
    for (const { task } of calls) if (task.kind === "module") urls.add(task.url);
    for (const url of urls) {
      if (this.#granted.has(url)) continue;
      const obstacle = url.startsWith("file:") ? await fileObstacle(new URL(url)) : undefined;
      if (obstacle !== undefined) return obstacle;
      this.#granted.add(url);
    }
    return undefined;
  }
}

async function fileObstacle(path: URL): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted") return undefined;
  // Asks on a terminal, once for all that the modules import; elsewhere it is refused at once.
  const asked = state === "prompt"
    ? await Deno.permissions.request({ name: "read" })
    : { state: "denied" };
  if (asked.state === "granted") return undefined;
  return `Cannot start workers: they import ${decodeURI(path.pathname)}, and Deno may not read ` +
    "it. Run with --allow-read";
}
