/** A program that is killed while a task of it spins, in a process, and says nothing. */

import { delayed, getLogger, Parallel, task } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";

function tell(what: string, pid = Deno.pid): void {
  console.log(`${what} ${pid}`);
}

function sleep(): number {
  return new Deno.Command("sleep", { args: ["100"], stdin: "null", stdout: "null", stderr: "null" })
    .spawn().pid;
}

export const spin = task(import.meta, function spin() {
  tell("task");
  while (true);
});

export const spinBesideAnother = task(import.meta, function spinBesideAnother() {
  tell("started by a task", sleep());
  spin();
});

export const startAndSpin = task(import.meta, function startAndSpin() {
  getLogger("process").info("started %d", sleep());
  while (true);
});

export const spinFurtherDown = task(import.meta, async function spinFurtherDown() {
  tell("task");
  await new Parallel(1, { backend: new ProcessesBackend() }).run([delayed(spin)()]);
});

const TASKS = { spin, spinBesideAnother, spinFurtherDown };

if (import.meta.main) {
  tell("program");
  const fn = TASKS[Deno.args[0] as keyof typeof TASKS];
  const running = new Parallel(2, { backend: new ProcessesBackend() }).run([delayed(fn)()]);
  if (Deno.args[1] === "leave") setTimeout(() => tell("left", sleep()), 500); // A process of its own.
  await running;
}
