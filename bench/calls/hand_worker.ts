/**
 * A bare worker: adds one to each number that it is sent.
 *
 * @module
 */

/** Where the numbers stand in the list of all, and the numbers; the results are sent back likewise. */
export type HandBatch = readonly [from: number, numbers: readonly number[]];

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

const addOne = (x: number) => x + 1;

worker.onmessage = ({ data: [from, numbers] }: MessageEvent<HandBatch>) => {
  const batch: HandBatch = [from, numbers.map((x) => addOne(x))];
  worker.postMessage(batch);
};
