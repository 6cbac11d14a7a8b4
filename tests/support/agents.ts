/** Agents as programs of their own, as users start them. */

import { RunningProgram } from "./running_program.ts";

/** Options of {@linkcode startAgent}. */
export interface AgentProgramOptions {
  /** Where Redis is. */
  readonly redis: string;
  /** How many jobs it runs at once. */
  readonly slots?: number;
  /** More arguments, such as `--pool=other`. */
  readonly args?: readonly string[];
  /** Which modules it takes; by default those of this project, and functions that are sent by their source. */
  readonly allow?: readonly string[];
}

/** Starts an agent, and waits until it takes jobs. */
export async function startAgent(
  { redis, slots = 2, args = [], allow = ["--allow-module=./", "--allow-source"] }:
    AgentProgramOptions,
): Promise<RunningProgram> {
  const program = new RunningProgram([
    ...["run", "--allow-all", "--no-check", "src/bullmq/agent/main.ts", `--redis=${redis}`],
    ...[`--n-jobs=${slots}`, ...allow, ...args],
  ]);
  await program.until(({ stderr }) => stderr.some((line) => line.includes("taking jobs")));
  return program;
}
