/**
 * A Web Worker that gives back the bytes that were moved to it.
 *
 * @module
 */

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) =>
  worker.postMessage(data, [data.buffer]);
