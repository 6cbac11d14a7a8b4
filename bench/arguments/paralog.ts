/**
 * The program behind paralog's rows of the figure of arguments.
 *
 * @module
 */

import { Parallel, task } from "@paralog/paralog";
import { type ArgumentsInput, type ArgumentsOutput, timeLoads, type Value } from "./work.ts";

/** What paralog's program is told besides. */
export interface ParalogInput extends ArgumentsInput {
  readonly backend: "workers" | "processes";
  /** The option. */
  readonly transfer: boolean;
}

export const echo = task(import.meta, function echo(value: Value) {
  return value;
});

async function main({ backend, transfer, ...input }: ParalogInput): Promise<ArgumentsOutput> {
  await using parallel = new Parallel(2, { backend, transfer });
  return await timeLoads(input, (values) => parallel.map(echo, values));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
