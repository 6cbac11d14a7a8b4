/** Runs two tasks in processes until the program is ended: by a signal, or by itself. */

import { basicConfig, delayed, Handler, type LogRecord, Parallel } from "@paralog/paralog";
import { ProcessesBackend } from "../../src/parallel/backends/processes.ts";
import { logAndSleep, logForever, spinForever } from "../support/process_tasks.ts";

/** Says which processes log; its end takes a while. */
class SlowlyClosed extends Handler {
  readonly #pids = new Set<number>();

  override emit(record: LogRecord): void {
    this.#pids.add(record.process);
    if (this.#pids.size < 2) return;
    console.log(JSON.stringify([...this.#pids]));
    if (Deno.args[1] === "exit") Deno.exit(3);
  }

  override async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 500));
    console.log("closed");
  }
}

const TASKS = { sleeps: logAndSleep, spins: spinForever, logs: logForever };

if (import.meta.main) {
  basicConfig({ level: "INFO", handlers: [new SlowlyClosed()] });
  const task = TASKS[Deno.args[0] as keyof typeof TASKS];
  const parallel = new Parallel(2, { backend: new ProcessesBackend() });
  await parallel.run([delayed(task)(), delayed(task)()]);
}
