/**
 * The program behind the bare rows of the workloads' figures: what somebody writes by hand who needs nothing
 * but these calls. Web Workers get calls by `postMessage`, and send results back.
 *
 * @module
 */

import type { BareMessage } from "./bare_worker.ts";
import { measure } from "./measuring.mjs";
import * as work from "./work.mjs";

/** What the bare program is told. */
export interface BareInput extends work.WorkloadInput {
  /** How many calls are in a message. */
  readonly perMessage: number;
}

/** A worker that answers one message after the other. */
class BareWorker implements Disposable {
  readonly #worker = new Worker(new URL("bare_worker.ts", import.meta.url), { type: "module" });
  readonly #waiting: ((results: readonly unknown[]) => void)[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#waiting.shift()?.(data);
  }

  send(message: BareMessage): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(message);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

function argumentsOf(input: BareInput): readonly unknown[] {
  switch (input.kind) {
    case "compute":
      return work.computeArguments(input);
    case "factorial":
      return work.factorialArguments(input);
    case "add":
      return work.addArguments(input);
  }
}

/** Makes all calls once: each worker gets the next message when it has answered. */
async function run(workers: readonly BareWorker[], input: BareInput): Promise<readonly unknown[]> {
  const { kind, perMessage, underWay = workers.length } = input;
  const list = argumentsOf(input);
  const messages = Array.from(
    { length: Math.ceil(list.length / perMessage) },
    (_, i) => list.slice(i * perMessage, (i + 1) * perMessage),
  );
  const results = await work.callInLoops(messages, underWay, {
    call: (list, loop) => workers[loop % workers.length]!.send({ kind, list }),
  });
  return results.flat();
}

async function main(input: BareInput): Promise<work.WorkloadOutput> {
  using all = new DisposableStack();
  const workers = Array.from({ length: input.workers }, () => all.use(new BareWorker()));
  return await measure(input, () => run(workers, input));
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0] ?? "{}"))));
