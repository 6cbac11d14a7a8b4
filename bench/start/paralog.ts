/**
 * The program behind paralog's rows.
 *
 * @module
 */

import { delayed, Parallel } from "@paralog/paralog";
import { addOne } from "../calls/add_one.ts";
import type { ParalogInput } from "../calls/paralog.ts";
import { measureStarts } from "./measure_starts.mjs";
import type { StartInput, StartOutput } from "./work.ts";

function main({ nJobs, backend, ...input }: StartInput & ParalogInput): Promise<StartOutput> {
  return measureStarts(async () => {
    const parallel = new Parallel(nJobs, { backend });
    const end = parallel[Symbol.asyncDispose]; // As `await using` does it: the workers are kept.
    const [result] = await parallel.run([delayed(addOne)(1)]);
    return { result, end };
  }, input);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
