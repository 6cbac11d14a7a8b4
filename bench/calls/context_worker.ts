/**
 * A bare worker that adds one to each number in an asynchronous context of its own, waits for what may be a
 * promise, and looks how long it took: the least that it takes to tell whose records and whose time it is.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { HandBatch } from "./hand_worker.ts";

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

const contexts = new AsyncLocalStorage<{ readonly index: number }>();
const addOne = (x: number) => x + 1;

worker.onmessage = async ({ data: [from, numbers] }: MessageEvent<HandBatch>) => {
  const results: number[] = [];
  const times: number[] = [];
  for (const [place, x] of numbers.entries()) {
    results.push(await contexts.run({ index: from + place }, () => addOne(x)));
    times.push(performance.now());
  }
  if (times.length !== results.length) throw new Error("a call without its time"); // So that they are used.
  const batch: HandBatch = [from, results];
  worker.postMessage(batch);
};
