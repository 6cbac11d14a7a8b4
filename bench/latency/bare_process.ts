/**
 * The program behind the row of the limit for processes: a number goes to a child process, and its result
 * comes back, as structured clones. The child is the same program.
 *
 * @module
 */

import { fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { measureLatency } from "./measure_latency.mjs";
import type { LatencyInput, LatencyOutput } from "./work.ts";

/** What the child is told instead of what to measure. */
const CHILD = "child";

async function main(input: LatencyInput): Promise<LatencyOutput> {
  const child = fork(fileURLToPath(import.meta.url), [CHILD], { serialization: "advanced" });
  const output = await measureLatency((x) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    child.once("message", (result) => resolve(Number(result)));
    child.send(x);
    return promise;
  }, input);
  child.disconnect();
  return output;
}

if (Deno.args[0] !== CHILD) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
else process.on("message", (x) => process.send?.(Number(x) + 1));
