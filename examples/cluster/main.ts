/**
 * A caller: counts primes on the agents of a pool, and prints what each of them did. What the tasks log
 * is on stderr, in one order, as if they had run here.
 *
 *     PARALOG_REDIS_URL=redis://127.0.0.1:6379 deno run --allow-net --allow-env examples/cluster/main.ts
 *       [--pool=NAME] [--n-jobs=N] [--below=N]
 *
 * It waits as long as there is no agent. `deno task demo:cluster` starts all that it needs.
 */

import { basicConfig, delayed, Parallel } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { parseArgs } from "@std/cli/parse-args";
import { countPrimes } from "./tasks.ts";

const PARTS = 24;

async function main(args: string[]): Promise<void> {
  const flags = parseArgs(args, { string: ["pool", "n-jobs", "below"] });
  const below = Number(flags.below ?? 12_000_000);
  basicConfig({ level: "INFO", format: "%(asctime)s %(processName)s %(name)s %(message)s" });
  const parallel = new Parallel(Number(flags["n-jobs"] ?? 4), {
    backend: bullmq({ connection: Deno.env.get("PARALOG_REDIS_URL"), pool: flags.pool }),
    batchSize: 1,
  });
  const boundOf = (part: number) => Math.floor(part * below / PARTS);
  const calls = Array.from({ length: PARTS }, (_, part) => {
    return delayed(countPrimes)(boundOf(part), boundOf(part + 1));
  });
  const parts = await parallel.run(calls);
  const primes = parts.reduce((sum, part) => sum + part.primes, 0);
  console.log(`${primes} primes below ${below}`);
  const workers = Map.groupBy(parts, ({ worker }) => worker);
  for (const [worker, own] of [...workers].sort()) {
    console.log(`${worker} counted ${own.length} of ${PARTS} parts`);
  }
}

if (import.meta.main) await main(Deno.args);
