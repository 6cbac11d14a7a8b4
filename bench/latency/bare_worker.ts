/**
 * The program behind the row of the limit for workers: a number goes to a bare worker, and its result comes
 * back.
 *
 * @module
 */

import { measureLatency } from "./measure_latency.mjs";
import type { LatencyInput, LatencyOutput } from "./work.ts";

async function main(input: LatencyInput): Promise<LatencyOutput> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  const output = await measureLatency((x) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(x);
    return promise;
  }, input);
  worker.terminate();
  return output;
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
