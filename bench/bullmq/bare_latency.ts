/**
 * The program behind the row of the limit: a number is pushed into a list of Redis, another process waits for
 * it there, and its result comes back likewise. The other process is the same program.
 *
 * @module
 */

import { Redis } from "ioredis";
import { fileURLToPath } from "node:url";
import { measureLatency } from "../latency/measure_latency.mjs";
import type { LatencyInput, LatencyOutput } from "../latency/work.ts";
import type { RedisInput } from "./work.ts";

/** What comes first where the program is the other process. */
const CHILD = "child";

/** The lists. */
const [CALLS, RESULTS] = ["calls", "results"];

/** Each has a connection of its own to wait with: nothing else can be sent on it meanwhile. */
async function main(input: LatencyInput & RedisInput): Promise<LatencyOutput> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", fileURLToPath(import.meta.url), CHILD, input.url],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const [sends, waits] = [new Redis(input.url), new Redis(input.url)];
  const output = await measureLatency(async (x) => {
    const [, found] = await Promise.all([sends.rpush(CALLS, x), waits.blpop(RESULTS, 0)]);
    return Number(found?.[1]);
  }, input);
  child.kill("SIGKILL");
  await child.status;
  for (const each of [sends, waits]) each.disconnect();
  return output;
}

async function answer(url: string): Promise<never> {
  const [sends, waits] = [new Redis(url), new Redis(url)];
  while (true) await sends.rpush(RESULTS, Number((await waits.blpop(CALLS, 0))?.[1]) + 1);
}

if (Deno.args[0] === CHILD) await answer(Deno.args[1]!);
else if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
