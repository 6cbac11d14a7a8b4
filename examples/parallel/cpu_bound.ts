/**
 * Work that keeps all cores busy, with its progress: a bar on a terminal, with a line for each task
 * that tells how far it is, and plain lines elsewhere.
 *
 *     deno run --allow-read examples/parallel/cpu_bound.ts [--n-jobs=N] [--below=N]
 *
 * Counts the primes below a number (10,000,000), in 40 parts on all cores, and prints how many there
 * are.
 */

import { currentTask, Parallel, task } from "@paralog/paralog";
import { parseArgs } from "@std/cli/parse-args";

const PARTS = 40;

interface Range {
  readonly from: number;
  readonly to: number;
}

export const countPrimes = task(import.meta, function countPrimes({ from, to }: Range): number {
  const current = currentTask();
  let count = 0;
  for (let n = from; n < to; n++) {
    if (isPrime(n)) count++;
    if (n % 1000 === 0) current.progress(n - from, to - from);
  }
  return count;
});

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor === 0) return false;
  }
  return true;
}

async function main(args: string[]): Promise<void> {
  const flags = parseArgs(args, { string: ["n-jobs", "below"] });
  const below = Number(flags.below ?? 10_000_000);
  if (!Number.isSafeInteger(below)) throw new RangeError("--below is no whole number");
  const boundOf = (part: number) => Math.floor(part * below / PARTS);
  const ranges = Array.from({ length: PARTS }, (_, part): Range => {
    return { from: boundOf(part), to: boundOf(part + 1) };
  });
  const parallel = new Parallel(Number(flags["n-jobs"] ?? -1), { progress: true, name: "primes" });
  const counts = await parallel.map(countPrimes, ranges);
  console.log(`${counts.reduce((sum, count) => sum + count, 0)} primes below ${below}`);
}

if (import.meta.main) await main(Deno.args);
