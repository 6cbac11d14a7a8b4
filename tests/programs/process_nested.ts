/** Tasks that run tasks, in processes. */

import { Parallel, task } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";

export const double = task(import.meta, function double(x: number) {
  return 2 * x;
});

export const doubleAll = task(import.meta, async function doubleAll(xs: number[]) {
  return await new Parallel(1, { backend: new ProcessesBackend() }).map(double, xs);
});
