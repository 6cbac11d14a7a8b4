/**
 * The task of the simulation. Stand-ins for agents answer for it, so it is never run.
 *
 * @module
 */

import { task } from "@paralog/paralog";

/** Takes a number, and gives it back. */
export const echo = task(import.meta, function echo(n: number): number {
  return n;
});
