/** Processes that wait for calls when the program has nothing more to do. */

import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { logNumbers } from "../support/process_tasks.ts";

if (import.meta.main) {
  const parallel = new Parallel(2, { backend: new ProcessesBackend() });
  void parallel[Symbol.asyncDispose]; // What `await using` does; nobody ends them.
  const pids = await parallel.run([1, 2].map((n) => delayed(logNumbers)(0, n)));
  console.log(JSON.stringify(pids));
}
