/**
 * The program behind paralog's rows of memory a worker.
 *
 * @module
 */

import { delayed, Parallel, task } from "@paralog/paralog";
import { growthEach, meanOf, processMemory, type WorkerMemory } from "./worker_memory.ts";

/** What the program is told. */
export interface WorkersInput {
  readonly backend: "workers" | "processes";
  /** How many workers are looked at. */
  readonly workers: number;
}

/** So long is a worker busy, in milliseconds: the others start meanwhile. */
const BUSY = 300;

/** Waits, and tells what its process has in memory. */
export const tellMemory = task(import.meta, async function tellMemory() {
  await new Promise((resolve) => setTimeout(resolve, BUSY));
  return processMemory();
});

async function main({ backend, workers }: WorkersInput): Promise<WorkerMemory> {
  // What the first worker needs and later ones share is none of theirs.
  await using first = new Parallel(1, { backend });
  await first.run([delayed(tellMemory)()]);
  const before = processMemory();
  await using parallel = new Parallel(workers, { backend, batchSize: 1 });
  const told = await parallel.run(Array.from({ length: workers }, () => delayed(tellMemory)()));
  const { live } = parallel.stats.allWorkers;
  if (live !== workers) throw new Error(`${live} workers, expected ${workers}`);
  return backend === "processes" ? meanOf(told) : growthEach(before, workers);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
