/** Batches that wait elsewhere before a worker takes them, or of which nothing is heard for a while. */

import { assert, assertEquals } from "@std/assert";
import { type BatchListener, type Job, Parallel } from "@paralog/paralog";
import { backendOf, workerOf } from "../support/own_backend.ts";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs the calls of a batch, which take no time. */
function settle(jobs: readonly Job[], listener: BatchListener): void {
  listener.onSettled(jobs.map(({ index }) => ({ ok: true, value: index, ms: 0 })));
}

Deno.test("the time that a batch waits elsewhere does not count for the size of batches", async () => {
  const sizes: number[] = [];
  const backend = backendOf(() =>
    workerOf(() => {}, {
      run: async (jobs, _caller, listener) => {
        sizes.push(jobs.length);
        listener.onWaiting(true);
        await pause(30); // Far longer than a batch should take.
        listener.onWaiting(false);
        listener.onBegin();
        settle(jobs, listener);
      },
    })
  );
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  assertEquals(await new Parallel(1, { backend }).map((x: number) => x, numbers), numbers);
  assert(Math.max(...sizes) >= 64, sizes.join(" "));
});

Deno.test("neither the time before a batch is taken counts for timeout, nor that in which nothing is heard", async () => {
  const backend = backendOf(() =>
    workerOf(() => {}, {
      run: async (jobs, _caller, listener) => {
        listener.onWaiting(true);
        await pause(120);
        listener.onWaiting(false);
        listener.onBegin();
        listener.onWaiting(true);
        await pause(120);
        listener.onWaiting(false);
        settle(jobs, listener);
      },
    }), { abilities: ["timeout"] });
  assertEquals(await new Parallel(1, { backend, timeout: 60 }).map((x: number) => x, [0]), [0]);
});
