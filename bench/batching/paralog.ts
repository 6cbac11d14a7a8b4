/**
 * The program behind the rows of the figure of batches: calls of three kinds, in batches of one size.
 *
 * @module
 */

import { delayed, Parallel, type ParallelOptions, task } from "@paralog/paralog";

/** What the program is told. */
export interface BatchingInput {
  readonly batchSize: ParallelOptions["batchSize"];
  /** How many calls of each kind. */
  readonly calls: Readonly<Record<Kind, number>>;
  readonly runs: number;
}

/** Calls that do next to nothing, calls of 0.1 ms, and such of which each 50th takes 5 ms. */
export type Kind = "tiny" | "short" | "uneven";

/** What it prints: milliseconds of the last run, by the kind of its calls. */
export type BatchingOutput = Readonly<Record<Kind, number>>;

export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});

/** Computes for so many microseconds. */
export const compute = task(import.meta, function compute(us: number) {
  const end = performance.now() + us / 1000;
  while (performance.now() < end);
  return us;
});

function callsOf(kind: Kind, count: number) {
  const numbers = Array.from({ length: count }, (_, index) => index);
  if (kind === "tiny") return numbers.map((number) => delayed(addOne)(number));
  const isLong = (number: number) => kind === "uneven" && number % 50 === 49;
  return numbers.map((number) => delayed(compute)(isLong(number) ? 5000 : 100));
}

async function main({ batchSize, calls, runs }: BatchingInput): Promise<BatchingOutput> {
  await using parallel = new Parallel(2, { backend: "workers", batchSize });
  const measure = async (kind: Kind) => {
    let ms = 0;
    for (let run = 0; run < runs; run++) {
      const list = callsOf(kind, calls[kind]);
      const start = performance.now();
      const results = await parallel.run(list);
      ms = performance.now() - start;
      if (results.length !== list.length) throw new Error(`${results.length} results`);
    }
    return ms;
  };
  return {
    tiny: await measure("tiny"),
    short: await measure("short"),
    uneven: await measure("uneven"),
  };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
