/**
 * The program behind paralog's rows of the figure of growth.
 *
 * @module
 */

import { delayed, Parallel, task } from "@paralog/paralog";
import { type GrowthInput, type GrowthOutput, timeRuns } from "./work.ts";

/** What paralog's program is told besides. */
export interface ParalogInput extends GrowthInput {
  /** A list of calls and their results; or calls made as they are needed, results one by one. */
  readonly way: "map" | "stream";
}

export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});

async function main({ way, ...input }: ParalogInput): Promise<GrowthOutput> {
  await using parallel = new Parallel(2, { backend: "workers" });
  if (way === "map") return await timeRuns(input, (numbers) => parallel.map(addOne, numbers));
  return await timeRuns(input, async (numbers) => {
    const results: number[] = [];
    for await (const result of parallel.stream(callsOf(numbers))) results.push(result);
    return results;
  });
}

function* callsOf(numbers: readonly number[]) {
  const call = delayed(addOne);
  for (const number of numbers) yield call(number);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
