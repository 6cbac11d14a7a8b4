/** An agent whose jobs have no end: only how its program runs it is real. */

import { parseAgentOptions } from "../../src/bullmq/agent/agent_options.ts";
import { runAgent, type RunningAgent } from "../../src/bullmq/agent/agent_program.ts";

const agent: RunningAgent = {
  drain: () => {
    console.log("draining");
    return Deno.args.includes("--name=fails") ? Promise.reject(new Error("no end")) : forever();
  },
  kill: () => {
    console.log("killed");
    return forever();
  },
};

function forever(): Promise<never> {
  return new Promise(() => {});
}

const command = parseAgentOptions(Deno.args, Deno.env);
if (command.kind === "run") {
  const start = () => Promise.resolve(agent);
  Deno.exit(await runAgent(command.options, { log: command.log, start }));
}
