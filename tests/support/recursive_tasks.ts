/** Tasks that use the very `Parallel` that runs them. */

import { Parallel, task } from "@paralog/paralog";

const one = new Parallel(1);

export const twice = task(import.meta, function twice(x: number): number {
  return 2 * x;
});

/** Runs a task with the `Parallel` that runs itself, so deep. */
export const descend = task(import.meta, async function descend(depth: number): Promise<number> {
  if (depth === 0) return 0;
  const [below = 0] = await one.map(descend, [depth - 1]);
  return below + 1;
});

/** The depth, as the shared `Parallel` finds it. */
export async function runShared(depth: number): Promise<number[]> {
  return await one.map(descend, [depth]);
}
