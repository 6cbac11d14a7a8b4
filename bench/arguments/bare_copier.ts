/**
 * A Web Worker that gives back a copy of what it is sent.
 *
 * @module
 */

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.onmessage = ({ data }: MessageEvent) => worker.postMessage(data);
