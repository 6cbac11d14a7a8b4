/**
 * The program behind the bare rows of the figure of growth: two Web Workers, and lists of numbers
 * that are posted to them and back.
 *
 * @module
 */

import { type GrowthInput, type GrowthOutput, timeRuns } from "./work.ts";

const WORKERS = 2;
/** How many numbers a message has. More gain nothing: a message costs as much as some 100 numbers. */
const BATCH = 1000;
/** How many messages a worker has, so that one is there when it is done with another. */
const AHEAD = 2;

/** Sends all numbers, in batches, and gathers what comes back. */
async function runBatches(workers: readonly Worker[], numbers: number[]): Promise<number[]> {
  const results = new Array<number>(numbers.length);
  // A short run has less in a message, or one worker would do all.
  const batch = Math.min(BATCH, Math.ceil(numbers.length / (WORKERS * AHEAD)));
  const { promise, resolve } = Promise.withResolvers<void>();
  let [sent, arrived] = [0, 0];
  const send = (worker: Worker) => {
    if (sent >= numbers.length) return;
    worker.postMessage({ from: sent, numbers: numbers.slice(sent, sent + batch) });
    sent += batch;
  };
  for (const worker of workers) {
    worker.onmessage = ({ data }: MessageEvent<{ from: number; numbers: number[] }>) => {
      send(worker);
      for (const [place, number] of data.numbers.entries()) results[data.from + place] = number;
      arrived += data.numbers.length;
      if (arrived === numbers.length) resolve();
    };
  }
  for (let ahead = 0; ahead < AHEAD; ahead++) for (const worker of workers) send(worker);
  await promise;
  return results;
}

async function main(input: GrowthInput): Promise<GrowthOutput> {
  const entry = new URL("bare_worker.ts", import.meta.url);
  const workers = Array.from({ length: WORKERS }, () => new Worker(entry, { type: "module" }));
  const output = await timeRuns(input, (numbers) => runBatches(workers, numbers));
  for (const worker of workers) worker.terminate();
  return output;
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
