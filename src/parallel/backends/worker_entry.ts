/**
 * The module that a Web Worker starts with: the worker's side of the workers backend.
 *
 * @module
 */

import { serializeThrown } from "../../logging/errors.ts";
import { addLevelName } from "../../logging/levels.ts";
import { wantLocations } from "../../logging/location.ts";
import { becomeWorker } from "../../logging/realm.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { SharedLevels } from "../../relay/level_page.ts";
import { RemoteCaller } from "../../relay/remote_caller.ts";
import { WorkerSink } from "../../relay/worker_sink.ts";
import { uncloneableResult } from "../clone.ts";
import type { CrashReason } from "../errors.ts";
import { importTask } from "../import_task.ts";
import { type Outcome, runCall } from "../run_call.ts";
import type { CallMessage, FromWorker, ToWorker } from "../wire.ts";

// The types of the main thread are in force for all files; this one runs in a worker.
const worker = self as unknown as DedicatedWorkerGlobalScope;

const post: (message: FromWorker) => void = worker.postMessage.bind(worker);

/** What the worker has once it was started. */
interface Relay {
  readonly caller: RemoteCaller;
  readonly sink: WorkerSink;
}

let relay: Relay | undefined;

worker.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data?.type) {
    case "start":
      relay = start(data);
      break;
    case "call":
      if (relay) run(data, relay);
      break;
  }
});

function start({ worker, link }: ToWorker & { type: "start" }): Relay {
  const sink = new WorkerSink(link);
  const caller = new RemoteCaller(sink);
  becomeWorker(worker, caller, sink);
  announceEnds();
  post({ type: "paralog:ready" });
  return { caller, sink };
}

async function run(call: CallMessage, { caller, sink }: Relay): Promise<void> {
  for (const [level, name] of call.levelNames ?? []) addLevelName(level, name);
  if (call.locations) wantLocations();
  if (call.levels) caller.follow(new SharedLevels(call.levels));
  postOutcome(call, await runCall(call, caller, importTask, sink));
}

function postOutcome(call: CallMessage, outcome: Outcome): void {
  if (!outcome.ok) {
    return post({ type: "paralog:failed", error: toCloneableThrown(outcome.error) });
  }
  try {
    post({ type: "paralog:done", value: outcome.value });
  } catch (cause) {
    const error = uncloneableResult(outcome.value, call.task.name, cause);
    post({ type: "paralog:failed", error: toCloneableThrown(serializeThrown(error)) });
  }
}

/** Deno tells the caller nothing of a worker that exits or closes itself, so it is announced. */
function announceEnds(): void {
  const announce = (reason: CrashReason) => post({ type: "paralog:ending", reason });
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
    post({ type: "paralog:uncaught", error: toCloneableThrown(serializeThrown(thrown)) });
  };
  worker.addEventListener("error", (event) => uncaught(event, event.error));
  worker.addEventListener("unhandledrejection", (event) => uncaught(event, event.reason));
}
