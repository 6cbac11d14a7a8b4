/**
 * The program behind paralog's rows.
 *
 * @module
 */

import { Parallel } from "@paralog/paralog";
import { addOne } from "./add_one.ts";
import { childCpu } from "./child_cpu.ts";
import { measureCalls } from "./measure_calls.mjs";
import type { CallsInput, CallsOutput } from "./work.ts";

/** What paralog's programs are told besides. */
export interface ParalogInput {
  readonly nJobs: number;
  readonly backend: "inline" | "workers" | "processes";
}

async function main(input: CallsInput & ParalogInput): Promise<CallsOutput> {
  const { nJobs, backend } = input;
  await using parallel = new Parallel(nJobs, { backend });
  return await measureCalls(
    (numbers) => parallel.map(addOne, numbers),
    input,
    backend === "processes" ? childCpu : undefined,
  );
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
