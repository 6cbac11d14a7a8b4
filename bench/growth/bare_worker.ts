/**
 * A Web Worker that adds one to each number of a list.
 *
 * @module
 */

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent<{ from: number; numbers: number[] }>) => {
  worker.postMessage({ from: data.from, numbers: data.numbers.map((number) => number + 1) });
};
