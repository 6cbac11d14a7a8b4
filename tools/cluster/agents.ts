/**
 * A program that has many stand-ins for agents: `tools/simulate_cluster.ts` starts it. It says on stdout when
 * all are up, and ends at the end of its input.
 *
 * @module
 */

import { StandInAgent, type StandInOptions } from "./stand_in_agent.ts";

/** How many connect at once. */
const AT_ONCE = 50;

/** What the program is given, as JSON in the variable AGENTS: what all have in common, and how many there are. */
export interface AgentsOptions extends Omit<StandInOptions, "name"> {
  readonly agents: number;
}

async function main(): Promise<void> {
  // What the program that starts this one has written.
  const { agents, ...options }: AgentsOptions = JSON.parse(Deno.env.get("AGENTS") ?? "");
  await using things = new AsyncDisposableStack();
  for (let first = 0; first < agents; first += AT_ONCE) {
    const names = Array.from(
      { length: Math.min(AT_ONCE, agents - first) },
      (_, i) => `a${first + i}`,
    );
    const started = await Promise.all(
      names.map((name) => StandInAgent.start({ ...options, name })),
    );
    for (const agent of started) things.use(agent);
  }
  console.log("up");
  for await (const _ of Deno.stdin.readable);
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
