/** An agent that a test ends or freezes: `bullmq_agent.ts URL OPTIONS`, with the options as JSON. */

import { basicConfig } from "../../mod.ts";
import { Agent } from "../../src/bullmq/agent/agent.ts";
import { agentOptions } from "../support/jobs_by_hand.ts";

const [url = "", options = "{}"] = Deno.args;
basicConfig({ level: "DEBUG", format: "%(levelname)s %(message)s" });
const agent = await Agent.start(agentOptions(url, JSON.parse(options)));
console.log(`ready ${Deno.pid}`);
Deno.addSignalListener("SIGTERM", async () => {
  await agent.drain();
  Deno.exit(0);
});
