/** Tasks in processes with a limit take more memory than they get, in several ways. */

import { getHeapStatistics } from "node:v8";
import { delayed, Parallel, task } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";

const MEMORY_LIMIT = 64;

export const keepObjects = task(import.meta, function keepObjects(): never {
  console.error("keepObjects was here");
  const kept: unknown[] = [];
  for (let n = 0;; n++) kept.push(new Array(10_000).fill(n).map((_, index) => ({ index })));
});

export const keepObjectsAndAwait = task(
  import.meta,
  async function keepObjectsAndAwait(): Promise<never> {
    console.error("keepObjectsAndAwait was here");
    const kept: unknown[] = [];
    for (let n = 0;; n++) {
      kept.push(new Array(10_000).fill(n).map((_, index) => ({ index })));
      await null;
    }
  },
);

export const makeOneArray = task(import.meta, function makeOneArray() {
  console.error("makeOneArray was here");
  return new Array(50_000_000).fill({});
});

/** V8 adds what it keeps for young objects. */
export const tellLimit = task(import.meta, function tellLimit() {
  return Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
});

export const tellLimitFurtherDown = task(import.meta, async function tellLimitFurtherDown() {
  return (await new Parallel(1, { backend: new ProcessesBackend() }).run([delayed(tellLimit)()]))[
    0
  ];
});

if (import.meta.main) {
  await using parallel = new Parallel(1, {
    backend: new ProcessesBackend(),
    memoryLimit: MEMORY_LIMIT,
  });
  const ends: unknown[] = [];
  for (
    const call of [delayed(keepObjects)(), delayed(keepObjectsAndAwait)(), delayed(makeOneArray)()]
  ) {
    const { name, reason } = await parallel.run([call]).catch((error) => error);
    ends.push([name, reason]);
  }
  const limits = await parallel.run([delayed(tellLimit)(), delayed(tellLimitFurtherDown)()]);
  console.log(JSON.stringify({ ends, limits, own: tellLimit() }));
}
