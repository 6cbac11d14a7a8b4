/** Tasks of runs that are stopped. */

import { currentTask, getLogger, task } from "@paralog/paralog";
import { SharedCount } from "./shared_count.ts";

const log = getLogger("stop");

export const waitForSignal = task(import.meta, async function waitForSignal() {
  const { signal } = currentTask();
  log.info("waits");
  await new Promise((_resolve, reject) => signal.onabort = () => reject(signal.reason));
});

let counted = 0;

/** Returns how often it was called in its worker. */
export const countUp = task(import.meta, async function countUp(_n: number) {
  await Promise.resolve();
  return counted++;
});

export const count = task(import.meta, function count(memory: SharedArrayBuffer) {
  new SharedCount(memory).add();
});

export const spinUntil = task(
  import.meta,
  function spinUntil(begun: SharedArrayBuffer, released: SharedArrayBuffer) {
    new SharedCount(begun).add();
    new SharedCount(released).spinUntil(1);
    new SharedCount(begun).add();
  },
);

export const failAt = task(import.meta, function failAt(n: number, bad: number) {
  if (n === bad) throw new TypeError(`${n} is not wanted`);
  return n;
});

export const logMany = task(import.meta, function logMany(count: number) {
  for (let n = 0; n < count; n++) log.info("record %d", n);
  return count;
});

export const exit = task(import.meta, function exit() {
  Deno.exit(7);
});

export const spinForever = task(import.meta, function spinForever() {
  while (true);
});
