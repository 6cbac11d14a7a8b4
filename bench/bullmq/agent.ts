/**
 * The agent of paralog's rows.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { RemoteInput } from "./work.ts";

/** The pool that it works for. */
export const POOL = "bench";

const PROGRAM = fileURLToPath(new URL("../../src/bullmq/agent/main.ts", import.meta.url));
/** The module of its only task. */
const MODULE = fileURLToPath(new URL("../calls/add_one.ts", import.meta.url));

/**
 * Does something while an agent runs in a process of its own.
 *
 * @param input Where Redis is, and how many jobs it runs at once.
 * @param work What is done.
 * @returns What comes of it.
 * @throws {Error} If the agent ends meanwhile, or does not end in order when it is told to.
 */
export async function withAgent<T>(
  { url, size }: RemoteInput,
  work: () => Promise<T>,
): Promise<T> {
  const agent = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", PROGRAM],
      ...[`--redis=${url}`, `--pool=${POOL}`, `--n-jobs=${size}`, `--allow-module=${MODULE}`],
      "--log-level=WARN",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ended = endOf(agent);
  const lost = ended.then((end) => Promise.reject(new Error(end)));
  lost.catch(() => {}); // At the end it is told to end.
  const result = await Promise.race([work(), lost]);
  agent.kill("SIGTERM");
  const end = await ended;
  // There, nothing can be told to end: it is killed.
  if (!end.startsWith(IN_ORDER) && Deno.build.os !== "windows") throw new Error(end);
  return result;
}

const IN_ORDER = "the agent ended with code 0";

async function endOf(agent: Deno.ChildProcess): Promise<string> {
  const [{ code }, said] = await Promise.all([agent.status, new Response(agent.stderr).text()]);
  return `the agent ended with code ${code}\n${said}`;
}
