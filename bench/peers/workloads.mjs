/**
 * The workloads in worker pools of Node: as many threads as asked for from the start on, and calls handed
 * over one by one. They wait in the pool's queue, but for those of poolifier, which hands each to a thread
 * at once, as its authors' benchmark has it.
 */

import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { measure } from "../workloads/measuring.mjs";
import {
  addArguments,
  callInLoops,
  computeArguments,
  factorialArguments,
} from "../workloads/work.mjs";

// Not imports: Deno, which checks this file too, would want to know the packages.
const require = createRequire(import.meta.url);

const WORK = fileURLToPath(new URL("../workloads/work.mjs", import.meta.url));
const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** For each pool what makes a call. */
const POOLS = {
  piscina({ kind, workers }) {
    const { FixedQueue, Piscina } = require("piscina");
    const pool = new Piscina({
      filename: WORK,
      name: kind,
      minThreads: workers,
      maxThreads: workers,
      taskQueue: new FixedQueue(), // Its documentation has it for long queues.
    });
    return (argument) => pool.run(argument);
  },
  async tinypool({ kind, workers }) {
    const { Tinypool } = await import(require.resolve("tinypool"));
    const pool = new Tinypool({
      filename: WORK,
      name: kind,
      minThreads: workers,
      maxThreads: workers,
    });
    return (argument) => pool.run(argument);
  },
  workerpool({ kind, workers }) {
    const workerpool = require("workerpool");
    const pool = workerpool.pool(fileOf("workloads_workerpool.mjs"), {
      minWorkers: workers,
      maxWorkers: workers,
      workerType: "thread",
    });
    return (argument) => pool.exec(kind, [argument]);
  },
  poolifier({ kind, workers }) {
    const { FixedThreadPool } = require("poolifier");
    const pool = new FixedThreadPool(workers, fileOf("workloads_poolifier.mjs"), {
      workerOptions: { workerData: { kind } },
    });
    return (argument) => pool.execute(argument);
  },
};

const ARGUMENTS = {
  compute: computeArguments,
  factorial: factorialArguments,
  add: addArguments,
};

/** Makes all calls once. */
function run(call, input) {
  const list = ARGUMENTS[input.kind](input);
  if (input.underWay === undefined) return Promise.all(list.map(call));
  return callInLoops(list, input.underWay, { call });
}

const input = JSON.parse(process.argv[2]);
const call = await POOLS[input.pool](input);
const output = await measure(input, () => run(call, input));
writeSync(1, JSON.stringify(output) + "\n");
process.exit(); // As poolifier's benchmark ends: its destroy() does not always come to its end.
