/** Tasks that log, for tests of what becomes of each task's records. */

import { basicConfig, delayed, getLogger, Parallel, task } from "@paralog/paralog";
import { ListHandler } from "../../src/testing/list_handler.ts";
import { SharedCount } from "./shared_count.ts";

const log = getLogger("lib.steps");

/** Logs in turns with other tasks: each waits between its records. */
export const logSteps = task(import.meta, async function logSteps(name: string, count = 3) {
  for (let step = 1; step <= count; step++) {
    log.info("%s step %d", name, step, { step });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return name.length;
});

export const logLevels = task(import.meta, function logLevels(name: string) {
  log.debug("%s debug", name);
  log.info("%s info", name);
  log.error("%s error", name);
});

/** Logs details, an error, and another detail. */
export const logError = task(import.meta, function logError(name: string) {
  log.debug("%s before", name);
  log.error("%s failed", name);
  log.debug("%s after", name);
});

export const logThenThrow = task(import.meta, function logThenThrow(name: string) {
  log.info("%s before", name);
  throw new RangeError(`${name} threw`);
});

export const logThenExit = task(import.meta, function logThenExit(name: string) {
  log.info("%s before", name);
  Deno.exit(7);
});

/** Throws when as many tasks as that have begun. */
export const throwWhenBegun = task(
  import.meta,
  async function throwWhenBegun(begun: SharedArrayBuffer, count: number) {
    log.info("to blame");
    await new SharedCount(begun).until(count);
    throw new RangeError("the first one");
  },
);

/** Logs, counts itself, and waits until it is stopped. */
export const logThenWait = task(
  import.meta,
  async function logThenWait(name: string, begun: SharedArrayBuffer) {
    log.info("%s waits", name);
    new SharedCount(begun).add();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
);

export const logOnOwnHandler = task(import.meta, function logOnOwnHandler(name: string) {
  const handler = new ListHandler();
  basicConfig({ level: "INFO", handlers: [handler] });
  log.info("%s for itself", name);
  return handler.records.length;
});

/** Runs two tasks, one of which runs another one. */
export const nest = task(import.meta, async function nest(name: string, depth: number) {
  log.info("%s at %d", name, depth);
  if (depth === 0) return;
  const inner = new Parallel(2);
  await inner.run([delayed(nest)(name, 0), delayed(nest)(name, depth - 1)]);
});

/** Runs tasks with a log of their own for each of them. */
export const nestWithFiles = task(import.meta, async function nestWithFiles(file: string) {
  log.info("outer");
  await new Parallel(2).map(logSteps, ["a", "b"], { taskLogs: file });
});

export const logAfterEnd = task(import.meta, function logAfterEnd(name: string) {
  log.info("%s in time", name);
  setTimeout(() => log.info("%s after its end", name), 1);
});

export const countStarts = task(import.meta, function countStarts(starts: SharedArrayBuffer) {
  new SharedCount(starts).add();
});

export const doNothing = task(import.meta, function doNothing() {});
