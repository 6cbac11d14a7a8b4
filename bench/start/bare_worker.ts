/**
 * The program behind the rows of bare workers: a worker starts, imports one module or none, and posts a
 * message.
 *
 * @module
 */

import { measureStarts } from "./measure_starts.mjs";
import type { StartInput, StartOutput } from "./work.ts";

/** What the program is told besides. */
export interface BareWorkerInput {
  /** The worker: a file beside this one. */
  readonly worker: string;
}

function main({ worker: file, ...input }: StartInput & BareWorkerInput): Promise<StartOutput> {
  return measureStarts(async () => {
    const worker = new Worker(new URL(file, import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = reject;
    return { result: await promise, end: () => worker.terminate() };
  }, input);
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
