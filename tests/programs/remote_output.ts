/** Runs tasks that print, on the agents of the Redis that is its argument. */

import { delayed, Parallel } from "@paralog/paralog";
import { bullmq } from "@paralog/paralog/bullmq";
import { print } from "../support/remote_tasks.ts";

await using parallel = new Parallel(1, {
  backend: bullmq({ connection: Deno.args[0] }),
  batchSize: 1,
});
await parallel.run([delayed(print)("a"), delayed(print)("b")]);
console.log("all done");
