/**
 * The program of an agent: it runs tasks that callers put into Redis.
 *
 *     deno run -A jsr:@paralog/paralog/agent --redis=redis://… --allow-module=/srv/app/tasks.ts
 *
 * @module
 */

import { VERSION } from "../wire/version.ts";
import { Agent } from "./agent.ts";
import { AGENT_HELP } from "./agent_help.ts";
import { type AgentCommand, parseAgentOptions } from "./agent_options.ts";
import { runAgent } from "./agent_program.ts";

function readCommand(): AgentCommand {
  try {
    return parseAgentOptions(Deno.args, Deno.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`agent: ${error.message}`);
    Deno.exit(2);
  }
}

async function main(): Promise<void> {
  const command = readCommand();
  switch (command.kind) {
    case "help":
      console.log(AGENT_HELP);
      break;
    case "version":
      console.log(`paralog ${VERSION}`);
      break;
    case "run": {
      const { options, log } = command;
      Deno.exit(await runAgent(options, { log, start: (options) => Agent.start(options) }));
      break;
    }
    default:
      command satisfies never;
  }
}

if (import.meta.main) await main();
