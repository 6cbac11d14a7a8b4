/**
 * The program behind the rows of bare workers of the figure of arguments: values are posted to two
 * Web Workers, and back.
 *
 * @module
 */

import { echoAll, type Lane } from "./lanes.ts";
import { type ArgumentsInput, type ArgumentsOutput, timeLoads, type Value } from "./work.ts";

/** What the program is told besides. */
export interface BareWorkersInput extends ArgumentsInput {
  /** Whether the buffers of bytes are moved, both ways. */
  readonly transfer: boolean;
}

const WORKERS = 2;

class WorkerLane implements Lane, Disposable {
  readonly #worker: Worker;
  readonly #transfer: boolean;
  /** Those who wait, the first one first. */
  readonly #waiting: ((value: Value) => void)[] = [];

  constructor(transfer: boolean) {
    this.#transfer = transfer;
    const entry = new URL(transfer ? "bare_mover.ts" : "bare_copier.ts", import.meta.url);
    this.#worker = new Worker(entry, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Value>) => this.#waiting.shift()?.(data);
  }

  echo(value: Value): Promise<Value> {
    const moved = this.#transfer && typeof value !== "string" ? [value.buffer] : [];
    this.#worker.postMessage(value, moved);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

async function main({ transfer, ...input }: BareWorkersInput): Promise<ArgumentsOutput> {
  using stack = new DisposableStack();
  const lanes = Array.from({ length: WORKERS }, () => stack.use(new WorkerLane(transfer)));
  return await timeLoads(input, (values) => echoAll(lanes, values));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
