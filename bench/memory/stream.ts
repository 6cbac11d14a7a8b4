/**
 * The program behind the rows of a stream: what is in the heap after so many of its calls.
 *
 * @module
 */

import { delayed, Parallel, task } from "@paralog/paralog";
import { liveHeap } from "./heap.ts";

/** What the program is told. */
export interface StreamInput {
  /** After how many calls the heap is looked at. More would follow. */
  readonly calls: number;
}

/** What it prints. */
export interface StreamOutput {
  /** Bytes in the heap of the caller. */
  readonly heap: number;
}

export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});

function* endlessCalls() {
  for (let number = 0;; number++) yield delayed(addOne)(number);
}

async function main({ calls }: StreamInput): Promise<StreamOutput> {
  await using parallel = new Parallel(2, { backend: "workers" });
  let count = 0;
  for await (const result of parallel.stream(endlessCalls())) {
    if (result !== ++count) throw new Error(`call ${count - 1} resulted in ${result}`);
    if (count === calls) return { heap: await liveHeap() };
  }
  throw new Error(`the stream ended after ${count} calls`);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
