/**
 * The module that a Web Worker starts with: the worker's side of the workers backend.
 *
 * @module
 */

import "../../logging/core_modules.ts";
import { serializeThrown } from "../../logging/errors.ts";
import { addLevelName } from "../../logging/levels.ts";
import { wantLocations } from "../../logging/location.ts";
import { becomeWorker } from "../../logging/realm.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { SharedLevels } from "../../relay/level_page.ts";
import { RemoteCaller } from "../../relay/remote_caller.ts";
import { WorkerSink } from "../../relay/worker_sink.ts";
import { BatchRunner } from "../wire/batch_runner.ts";
import type { SentParts } from "../wire/outcome_list.ts";
import { cloneResult } from "../values/clone.ts";
import type { CrashReason } from "../errors.ts";
import { importTask } from "../tasks/import_task.ts";
import { TaskRunner } from "../tasks/task_runner.ts";
import type { BatchMessage, FromWorker, ToWorker } from "../wire/wire.ts";
import { WorkerFlags } from "./worker_flags.ts";

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

const post = (message: FromWorker, { transfer }: Partial<SentParts> = {}): void =>
  worker.postMessage(message, transfer ?? []);

/** What the worker has once it was started. */
interface Running {
  readonly caller: RemoteCaller;
  readonly batches: BatchRunner;
}

let running: Running | undefined;

worker.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data?.type) {
    case "start":
      running = start(data);
      break;
    case "batch":
      if (running) run(data, running);
      break;
    case "cancel":
      running?.batches.cancel(data.reason);
      break;
  }
});

function start({ worker, link, flags: memory }: ToWorker & { type: "start" }): Running {
  const sink = new WorkerSink(link);
  const caller = new RemoteCaller(sink);
  becomeWorker(worker, caller, sink);
  const runner = new TaskRunner(importTask, sink);
  const flags = new WorkerFlags(memory);
  const batches = new BatchRunner(runner, {
    worker,
    post,
    take: cloneResult,
    isEager: false,
    onListen: (index) => flags.listen(index),
    isStopped: () => flags.isStopped,
  });
  announceEnds(batches);
  post({ type: "paralog:ready" });
  return { caller, batches };
}

async function run(batch: BatchMessage, { caller, batches }: Running): Promise<void> {
  for (const [level, name] of batch.levelNames ?? []) addLevelName(level, name);
  if (batch.locations) wantLocations();
  if (batch.levels) caller.follow(new SharedLevels(batch.levels));
  await batches.run(batch, caller);
}

/** Deno tells the caller nothing of a worker that exits or closes itself, so it is announced. */
function announceEnds(batches: BatchRunner): void {
  const announce = (reason: CrashReason) => {
    batches.flush();
    post({ type: "paralog:ending", reason });
  };
  const exit = Deno.exit;
  // `process.exit` calls it too.
  Deno.exit = (code?: number): never => {
    announce({ kind: "exit", code: code ?? Deno.exitCode });
    return exit(code);
  };
  const close = worker.close.bind(worker);
  worker.close = () => {
    announce({ kind: "close" });
    close();
  };
  const uncaught = (event: Event, thrown: unknown) => {
    event.preventDefault(); // Otherwise Deno prints it too, and tells the caller only its text.
    batches.flush();
    post({ type: "paralog:uncaught", error: toCloneableThrown(serializeThrown(thrown)) });
  };
  worker.addEventListener("error", (event) => uncaught(event, event.error));
  worker.addEventListener("unhandledrejection", (event) => uncaught(event, event.reason));
}
