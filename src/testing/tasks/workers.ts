/**
 * Tasks that look at their worker, and what sets one up.
 *
 * @module
 */

import { basicConfig, getLogger } from "../../logging/mod.ts";
import { currentTask, delayed, Parallel, task } from "../../parallel/mod.ts";
import { logOnModuleLogger } from "./logs.ts";
import { square } from "./values.ts";

const log = getLogger("lib.workers");

/** Logs, and says what it sees of itself. */
export const whoAmI = task(import.meta, function whoAmI() {
  log.info("who");
  const { index, attempt, worker } = currentTask();
  return { index, attempt, worker };
});

/** An initializer that logs. */
export const setUp = task(import.meta, function setUp(name: string) {
  log.info("set up %s", name);
});

/** An initializer that throws. */
export const failToSetUp = task(import.meta, function failToSetUp() {
  throw new RangeError("no connection");
});

/** An initializer that gives the worker a file to log to. */
export const logToFile = task(import.meta, function logToFile(path: string) {
  basicConfig({ level: "INFO", filename: path, format: "%(taskIndex)s %(message)s" });
});

/** Says when the threads began that it and the tasks below it run in: the same moment is the same thread. */
export const threadsBelow = task(
  import.meta,
  async function threadsBelow(depth: number): Promise<number[]> {
    const here = performance.timeOrigin;
    if (depth === 0) return [here];
    const [below] = await new Parallel(2).run([delayed(threadsBelow)(depth - 1)]);
    return [here, ...below];
  },
);

/** Runs tasks of its own: one that logs, some for items, and some below each other. */
export const nested = task(import.meta, async function nested(items: number[]) {
  log.info("outer task");
  await using parallel = new Parallel(2);
  await parallel.run([delayed(logOnModuleLogger)("inner")]);
  const squares = await parallel.map(square, items);
  const [threads] = await parallel.run([delayed(threadsBelow)(2)]);
  return { squares, threads };
});

/** Whether a task may read a file: "read", or the name of the error. */
export const tryToRead = task(import.meta, async function tryToRead(path: string) {
  try {
    await Deno.lstat(path);
    return "read";
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
});

/** Needs more and more memory. */
export const eatMemory = task(import.meta, function eatMemory() {
  const eaten: unknown[] = [];
  for (;;) eaten.push(new Array(100_000).fill(eaten.length));
});
