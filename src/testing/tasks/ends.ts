/**
 * Tasks that end their worker, that never end, or that end when they are told to.
 *
 * @module
 */

import { getLogger } from "../../logging/mod.ts";
import { currentTask, task } from "../../parallel/mod.ts";

const log = getLogger("lib.ends");

export const exit = task(import.meta, function exit(code: number) {
  log.warn("about to exit");
  Deno.exit(code);
});

export const processExit = task(import.meta, async function processExit(code: number) {
  const { default: process } = await import("node:process");
  process.exit(code);
});

export const closeSelf = task(import.meta, async function closeSelf() {
  self.close();
  await new Promise(() => {}); // The worker ends; nobody would wait for this.
});

/** Ends its worker, also when it was started for another run. */
export const exitLater = task(import.meta, function exitLater(ms: number) {
  setTimeout(() => self.close(), ms);
});

/** Never ends, and logs all the time. */
export const tick = task(import.meta, async function tick() {
  for (let n = 1;; n++) {
    log.info("tick %d", n);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

/** Never ends and never yields. */
export const spinForever = task(import.meta, function spinForever() {
  log.info("spins");
  while (true);
});

export const spin = task(import.meta, function spin(ms: number) {
  const end = performance.now() + ms;
  while (performance.now() < end);
});

export const pause = task(import.meta, async function pause(ms: number) {
  await new Promise((resolve) => setTimeout(resolve, ms));
});

/** Ends when its signal aborts, and logs why; tells its progress, 1 of 3, when it has begun to wait. */
export const waitForAbort = task(import.meta, async function waitForAbort(name: string) {
  const { signal } = currentTask();
  const aborted = untilAborted(signal);
  log.info("%s waits", name);
  currentTask().progress(1, 3);
  await aborted;
  log.info("%s ends: %s", name, signal.reason);
  return name;
});

/** Listens to its signal, but does not end. */
export const ignoreAbort = task(import.meta, async function ignoreAbort() {
  const aborted = untilAborted(currentTask().signal);
  log.info("listens");
  await aborted;
  log.info("does not mind");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
