/** Drives the progress of a run by hand, on a terminal or elsewhere. */

import { basicConfig, getLogger } from "../../src/logging/mod.ts";
import { holdInterrupts } from "../../src/parallel/interrupts.ts";
import { openProgress } from "../../src/parallel/progress/progress_observer.ts";
import { handRun } from "../support/run_state.ts";

const [how = ""] = Deno.args;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A run of 100 calls, each of which logs a line. */
async function run(name: string): Promise<void> {
  using progress = openProgress(true, { name });
  const state = handRun(100);
  progress?.onStart?.(state, "workers", 2);
  state.running = 2;
  for (; state.settled < 100; state.settled++) {
    getLogger("app").info("%s %d", name, state.settled);
    progress?.onSettled?.(state, { worker: "Worker-1", outcomes: [] });
    await sleep(4);
  }
  state.running = 0;
  progress?.onEnd?.(state);
}

basicConfig({ level: "INFO", format: "%(message)s" });
switch (how) {
  case "two":
    await Promise.all([run("a"), run("b")]);
    break;
  case "worker": {
    const worker = new Worker(import.meta.resolve("./progress_worker.ts"), { type: "module" });
    await new Promise((resolve) => worker.onmessage = resolve);
    worker.terminate();
    break;
  }
  case "interrupted":
  case "killed": {
    using _held = how === "interrupted" ? holdInterrupts() : undefined;
    using progress = openProgress(true, { name: "crawl" });
    const state = handRun(100);
    progress?.onStart?.(state, "workers", 2);
    state.settled = 50;
    await sleep(60_000);
    break;
  }
  case "left":
    openProgress(true, { name: "crawl" })?.onStart?.(handRun(100), "workers", 2);
    await sleep(250);
    break;
  default:
    await run("crawl");
}
