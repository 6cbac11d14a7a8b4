/** Starts more processes than there may be files open. Says how the run ended. */

import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { echo } from "../support/process_tasks.ts";

if (import.meta.main) {
  const parallel = new Parallel(40, { backend: new ProcessesBackend() });
  const calls = Array.from({ length: 40 }, (_, n) => delayed(echo)(n));
  const error: unknown = await parallel.run(calls).catch((error) => error);
  const { name, reason } = Object(error);
  console.log(JSON.stringify({ name, reason }));
}
