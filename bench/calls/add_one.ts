/**
 * The task of the figures of calls, of latency and of starting.
 *
 * @module
 */

import { task } from "@paralog/paralog";

/** Adds one. */
export const addOne = task(import.meta, function addOne(x: number) {
  return x + 1;
});
