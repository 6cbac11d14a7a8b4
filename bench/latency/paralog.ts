/**
 * The program behind paralog's rows.
 *
 * @module
 */

import { delayed, Parallel } from "@paralog/paralog";
import { addOne } from "../calls/add_one.ts";
import type { ParalogInput } from "../calls/paralog.ts";
import { measureLatency } from "./measure_latency.mjs";
import type { LatencyInput, LatencyOutput } from "./work.ts";

async function main(input: LatencyInput & ParalogInput): Promise<LatencyOutput> {
  await using parallel = new Parallel(input.nJobs, { backend: input.backend });
  return await measureLatency(async (x) => (await parallel.run([delayed(addOne)(x)]))[0], input);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
