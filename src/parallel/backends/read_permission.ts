/**
 * Whether workers may be started here: they import modules, for which Deno wants a permission.
 *
 * @module
 */

import type { Call } from "../tasks/task.ts";

/** The folder of all modules that the entry imports. */
const SOURCES = new URL("../../", import.meta.url);

/**
 * Why workers can't import what these calls need. Modules that are files need `--allow-read`; it is checked
 * beforehand, because a worker that is refused prints an error of its own.
 *
 * @param calls The calls of a run.
 * @returns A sentence that says what to do; `undefined` if nothing is missing.
 */
export async function readObstacle(calls: readonly Call[]): Promise<string | undefined> {
  const urls = new Set([SOURCES.href]);
  for (const { task } of calls) if (task.kind === "module") urls.add(task.url);
  const files = [...urls].filter((url) => url.startsWith("file:")).map((url) => new URL(url));
  for (const path of files) {
    const { state } = await Deno.permissions.query({ name: "read", path });
    if (state === "granted") continue;
    // Asks on a terminal, once for all that the modules import; elsewhere it is refused at once.
    const asked = state === "prompt"
      ? await Deno.permissions.request({ name: "read" })
      : { state: "denied" };
    if (asked.state === "granted") return undefined;
    return `Cannot start workers: they import ${decodeURI(path.pathname)}, and Deno may not read ` +
      "it. Run with --allow-read";
  }
  return undefined;
}
