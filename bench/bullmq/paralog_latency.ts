/**
 * The program behind paralog's row in the figure of one call at a time.
 *
 * @module
 */

import { delayed, Parallel } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { addOne } from "../calls/add_one.ts";
import { measureLatency } from "../latency/measure_latency.mjs";
import type { LatencyInput, LatencyOutput } from "../latency/work.ts";
import { POOL, withAgent } from "./agent.ts";
import type { RemoteInput } from "./work.ts";

async function main(input: LatencyInput & RemoteInput): Promise<LatencyOutput> {
  const backend = bullmq({ connection: input.url, pool: POOL });
  return await withAgent(input, async () => {
    await using parallel = new Parallel(input.size, { backend });
    return await measureLatency(async (x) => (await parallel.run([delayed(addOne)(x)]))[0], input);
  });
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
