/**
 * A bare worker, which posts a message.
 *
 * @module
 */

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.postMessage(1 + 1);
