/**
 * The program behind the rows of the limit: numbers are sent to two bare workers in batches, by hand.
 *
 * @module
 */

import type { HandBatch } from "./hand_worker.ts";
import { measureCalls } from "./measure_calls.mjs";
import type { CallsInput, CallsOutput } from "./work.ts";

const WORKERS = 2;
const BATCH_SIZE = 100;
/** Enough that a worker never waits for its next batch. */
const BATCHES_IN_FLIGHT = 4;

function addOneToEach(workers: readonly Worker[], numbers: readonly number[]): Promise<number[]> {
  const results = new Array<number>(numbers.length);
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  let [sent, done] = [0, 0];
  const send = (worker: Worker) => {
    if (sent >= numbers.length) return;
    const batch: HandBatch = [sent, numbers.slice(sent, sent + BATCH_SIZE)];
    sent += batch[1].length;
    worker.postMessage(batch);
  };
  for (const worker of workers) {
    worker.onerror = reject;
    worker.onmessage = ({ data }: MessageEvent<HandBatch>) => {
      const [from, values] = data;
      for (let i = 0; i < values.length; i++) results[from + i] = values[i]!;
      done += values.length;
      send(worker);
      if (done === numbers.length) resolve(results);
    };
  }
  for (let i = 0; i < BATCHES_IN_FLIGHT; i++) workers.forEach(send);
  return promise;
}

/** What this program is told besides. */
export interface HandInput extends CallsInput {
  /** Whether each call has an asynchronous context of its own. */
  readonly hasContexts: boolean;
}

async function main(input: HandInput): Promise<CallsOutput> {
  const name = input.hasContexts ? "context_worker.ts" : "hand_worker.ts";
  const program = new URL(name, import.meta.url);
  const workers = Array.from(
    { length: WORKERS },
    () => new Worker(program, { type: "module" }),
  );
  const output = await measureCalls((numbers) => addOneToEach(workers, numbers), input);
  for (const worker of workers) worker.terminate();
  return output;
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
