/**
 * A program that sends a signal to its own process group, some milliseconds after a run has begun, as a
 * terminal does on Ctrl-C. It listens to the signal, and goes on.
 */

import { delayed, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { logForAWhile } from "../support/process_tasks.ts";

if (import.meta.main) {
  const [name, delay] = Deno.args;
  const signal = name as Deno.Signal;
  const came = Promise.withResolvers<void>();
  Deno.addSignalListener(signal, () => came.resolve());
  setTimeout(() => Deno.kill(-Deno.pid, signal), Number(delay));
  const parallel = new Parallel(2, { backend: new ProcessesBackend() });
  await parallel.run([delayed(logForAWhile)(200), delayed(logForAWhile)(200)]);
  await came.promise;
  console.log("done");
  Deno.exit();
}
