/**
 * What the agents of the example run. They import this module themselves, so it must be there on each
 * machine, under the same URL (or `--map-module` says where), and be on their allow-list.
 *
 * @module
 */

import { currentTask, getLogger, task } from "@paralog/paralog";

/** What came of a part. */
export interface Part {
  readonly primes: number;
  /** The process that counted, and its agent. */
  readonly worker: string;
}

/** Counts the primes from a number up to another one. */
export const countPrimes = task(import.meta, function countPrimes(from: number, to: number): Part {
  let primes = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) primes++;
  // The agent configures no handler: the record goes to those of the caller, wherever that is.
  getLogger("primes").info("%d from %d to %d", primes, from, to);
  return { primes, worker: currentTask().worker };
});

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor === 0) return false;
  }
  return true;
}
