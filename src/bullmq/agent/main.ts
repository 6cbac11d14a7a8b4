/**
 * The program of an agent: it runs tasks that callers put into Redis.
 *
 *     deno run -A jsr:@paralog/paralog/agent --redis=redis://… --allow-module=/srv/app/tasks.ts
 *
 * @module
 */

import { VERSION } from "../wire/version.ts";
import { AGENT_HELP } from "./agent_help.ts";
import type { AgentCommand } from "./agent_options.ts";

const BAD_OPTIONS = 2;

/** What talks to Redis looks at the environment when it is loaded: without leave to, it is not. */
function checkEnvironment(): void {
  try {
    Deno.env.toObject(); // Asking for the permission would not tell that --ignore-env does as well.
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    fail(
      "Cannot read the environment, which BullMQ and the address of Redis need: start the agent with " +
        "--allow-env (or -A); --task-allow-… says what tasks may do",
    );
  }
}

async function readCommand(): Promise<AgentCommand> {
  const { parseAgentOptions } = await import("./agent_options.ts");
  try {
    return parseAgentOptions(Deno.args, Deno.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(error.message);
  }
}

function fail(message: string): never {
  console.error(`agent: ${message}`);
  Deno.exit(BAD_OPTIONS);
}

async function run({ options, log }: AgentCommand & { readonly kind: "run" }): Promise<number> {
  const [{ runAgent }, { Agent }] = await Promise.all([
    import("./agent_program.ts"),
    import("./agent.ts"),
  ]);
  return await runAgent(options, { log, start: (options) => Agent.start(options) });
}

async function main(): Promise<void> {
  checkEnvironment();
  const command = await readCommand();
  switch (command.kind) {
    case "help":
      console.log(AGENT_HELP);
      break;
    case "version":
      console.log(`paralog ${VERSION}`);
      break;
    case "run":
      Deno.exit(await run(command));
      break;
    default:
      command satisfies never;
  }
}

if (import.meta.main) await main();
