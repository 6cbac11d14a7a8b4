/**
 * The program behind paralog's row in the figure of many calls.
 *
 * @module
 */

import { Parallel } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { addOne } from "../calls/add_one.ts";
import { measureCalls } from "../calls/measure_calls.mjs";
import type { CallsInput, CallsOutput } from "../calls/work.ts";
import { POOL, withAgent } from "./agent.ts";
import { otherCpu } from "./other_cpu.mjs";
import type { RemoteInput } from "./work.ts";

async function main(input: CallsInput & RemoteInput): Promise<CallsOutput> {
  const backend = bullmq({ connection: input.url, pool: POOL });
  return await withAgent(input, async () => {
    await using parallel = new Parallel(input.size, { backend });
    return await measureCalls(
      (numbers) => parallel.map(addOne, numbers),
      input,
      () => otherCpu([Deno.pid, input.redis]),
    );
  });
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
