/** Runs two calls in a backend, of a task in a module or of a function that is sent by its source. */

import { delayed, Parallel, ProcessesBackend, task } from "@paralog/paralog/parallel";

export const double = task(import.meta, function double(x: number) {
  return 2 * x;
});

if (import.meta.main) {
  const [name, kind] = Deno.args;
  const backend = name === "processes" ? new ProcessesBackend() : name as "inline" | "workers";
  const fn = kind === "in modules" ? double : (x: number) => x + x;
  console.log(await new Parallel(2, { backend }).run([delayed(fn)(1), delayed(fn)(2)]));
}
