/** A stream over an input that never ends: its memory is flat, and nothing is left when it is left. */

import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { type Call, delayed, Parallel } from "@paralog/paralog";
import { addOne, measureHeap } from "../support/endless_tasks.ts";
import { heapInUse, isRunning } from "../support/memory.ts";
import { runDeno } from "../support/run_deno.ts";

/** How many results are taken; `SOAK=1` takes as many of all streams as of the first. */
const MANY = 1_000_000;
const SOME = Deno.env.has("SOAK") ? MANY : 100_000;

/** How much more a thread may hold at the end than at a fifth of the way, in bytes: 4 for each result. */
const SLACK = 4_000_000;

const STREAMS = [
  { backend: "workers", isOrdered: false, count: MANY },
  { backend: "workers", isOrdered: true, count: SOME },
  { backend: "inline", isOrdered: true, count: SOME },
  { backend: "processes", isOrdered: false, count: SOME / 2 },
] as const;

/** What an endless input says of itself. */
interface Source {
  pulls: number;
  isClosed: boolean;
  calls: AsyncGenerator<Call<number | Awaited<ReturnType<typeof measureHeap>>>>;
}

function openSource(every: number): Source {
  const source = { pulls: 0, isClosed: false } as Source; // Its calls need it.
  source.calls = (async function* () {
    try {
      for (let n = 0;; n++) {
        source.pulls++;
        yield n % every === every - 1 ? delayed(measureHeap)(n) : delayed(addOne)(n);
      }
    } finally {
      await Promise.resolve();
      source.isClosed = true;
    }
  })();
  return source;
}

for (const { backend, isOrdered, count } of STREAMS) {
  const order = isOrdered ? "in order" : "as they come";
  Deno.test({
    name: `${backend}: ${count} results of an endless stream, ${order}, leave nothing behind`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const { heaps, pids } = await takeFrom(backend, { count, isOrdered });
      for (const [where, [early, late]] of Object.entries(heaps)) {
        assert(late - early < SLACK, `${where} grew from ${early} to ${late} bytes`);
      }
      assertEquals([...pids].filter((pid) => pid !== Deno.pid && isRunning(pid)), []);
    },
  });
}

Deno.test("what a stream that is left has opened is closed", async () => {
  // In a process of its own, since other tests open files meanwhile.
  const { code, stdout, stderr } = await runDeno(["run", "-A", "tests/programs/left_streams.ts"]);
  assertEquals([code, stdout], [0, "workers: nothing\nprocesses: nothing\n"], stderr);
});

/** Takes so many results. Says how much was held at a fifth of the way, and at its end. */
async function takeFrom(
  backend: "inline" | "workers" | "processes",
  { count, isOrdered }: { readonly count: number; readonly isOrdered: boolean },
) {
  const source = openSource(count / 100);
  const parallel = new Parallel(2, { backend });
  const [heaps, workers, pids] = [[] as number[], [] as number[], new Set<number>()];
  let taken = 0;
  let sum = 0;
  for await (const result of parallel.stream(source.calls, { ordered: isOrdered })) {
    taken++;
    if (typeof result === "number") {
      if (isOrdered && result !== taken) assertEquals(result, taken);
      sum += result;
    } else {
      workers.push(result.heap);
      pids.add(result.pid);
    }
    if (taken === count / 5 || taken === count) heaps.push(heapInUse());
    if (taken === count) break;
  }
  const { isClosed, pulls } = source;
  assert(isClosed, "its `finally` has run");
  assert(pulls >= count && sum > 0, `${pulls} calls were taken`);
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(source.pulls, pulls, "nothing is taken from it any more");
  assertEquals(parallel.stats.allWorkers.live, 0);
  const [early = 0, late = 0] = heaps;
  const most = (part: readonly number[]) => Math.max(...part);
  const middle = workers.length / 5;
  return {
    heaps: {
      "the caller": [early, late],
      "a worker": [most(workers.slice(0, middle)), most(workers.slice(-middle))],
    } as const,
    pids,
  };
}
