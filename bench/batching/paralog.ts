/**
 * The program behind the rows of the figure of batches: calls of three kinds, in batches of one size.
 *
 * @module
 */

import { delayed, Parallel, type ParallelOptions, task } from "@paralog/paralog";
import * as work from "../workloads/work.mjs";

/** What the program is told. */
export interface BatchingInput {
  readonly workers: number;
  readonly batchSize: ParallelOptions["batchSize"];
  /** How many calls of each kind. */
  readonly calls: Readonly<Record<Kind, number>>;
  readonly runs: number;
}

/** Calls that do next to nothing, calls of about 0.1 ms, and such of which each 50th takes 5 ms. */
export type Kind = "tiny" | "short" | "uneven";

/** What it prints: milliseconds of the last run, by the kind of its calls. */
export type BatchingOutput = Readonly<Record<Kind, number>>;

/** Steps that take 0.1 ms, and how many times as many a long call has. */
const STEPS = work.STEPS_PER_MS / 10;
const LONG = 50;
/** Calls begin with one of so many seeds: what is right is computed for each but once. */
const SEEDS = 10;

export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});

export const compute = task(import.meta, function compute(steps: number, seed: number) {
  return work.compute({ steps, seed });
});

/** Calls, and what they must result in. */
function callsOf(kind: Kind, count: number) {
  const numbers = Array.from({ length: count }, (_, index) => index);
  if (kind === "tiny") {
    return { calls: numbers.map((x) => delayed(addOne)(x)), expected: numbers.map((x) => x + 1) };
  }
  const isLong = (index: number) => kind === "uneven" && index % 50 === 49;
  const list = numbers.map((index) =>
    [isLong(index) ? LONG * STEPS : STEPS, index % SEEDS] as const
  );
  const known = new Map<string, number>();
  const expected = list.map(([steps, seed]) => {
    const key = `${steps} ${seed}`;
    const result = known.get(key) ?? work.compute({ steps, seed });
    known.set(key, result);
    return result;
  });
  return { calls: list.map(([steps, seed]) => delayed(compute)(steps, seed)), expected };
}

async function main({ workers, batchSize, calls, runs }: BatchingInput): Promise<BatchingOutput> {
  await using parallel = new Parallel(workers, { backend: "workers", batchSize });
  const measure = async (kind: Kind) => {
    const { calls: list, expected } = callsOf(kind, calls[kind]);
    let ms = 0;
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const results = await parallel.run(list);
      ms = performance.now() - start;
      work.checkResults(results, expected);
    }
    return ms;
  };
  return {
    tiny: await measure("tiny"),
    short: await measure("short"),
    uneven: await measure("uneven"),
  };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
