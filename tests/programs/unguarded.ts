/** A program that forgot `if (import.meta.main)`. */

import { delayed, Parallel, task } from "@paralog/paralog";

export const work = task(import.meta, function work() {
  return 1;
});

console.log(await new Parallel(2).run([delayed(work)(), delayed(work)()]));
