/**
 * The program of a child process: the worker's side of the processes backend.
 *
 * Calls come through one pipe. Everything else goes through the other, written synchronously: what a
 * task logged before it ended its process, or was killed, is there to be read.
 *
 * @module
 */

import { Socket } from "node:net";
import { serializeThrown } from "../../logging/errors.ts";
import { addLevelName } from "../../logging/levels.ts";
import { wantLocations } from "../../logging/location.ts";
import { becomeWorker } from "../../logging/realm.ts";
import { decodeClone, isEncodable } from "../../relay/clone_bytes.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { PipeReader } from "../../relay/pipe_reader.ts";
import { PipeSink } from "../../relay/pipe_sink.ts";
import { descriptorWriter, PipeWriter } from "../../relay/pipe_writer.ts";
import { PushedLevels } from "../../relay/pushed_levels.ts";
import { RemoteCaller } from "../../relay/remote_caller.ts";
import { uncloneableResult } from "../clone.ts";
import { importTask, type ModuleReference } from "../import_task.ts";
import {
  CALLS_DESCRIPTOR,
  type ProcessCall,
  RECORDS_DESCRIPTOR,
  type ToProcess,
} from "../process_wire.ts";
import { type Outcome, runCall } from "../run_call.ts";
import type { TaskFunction } from "../task.ts";
import type { FromWorker } from "../wire.ts";
import { inheritConfig } from "./process_command.ts";

/** What the process has once it was started. */
interface Relay {
  readonly caller: RemoteCaller;
  readonly levels: PushedLevels;
  readonly sink: PipeSink;
}

let relay: Relay | undefined;

/** What to do when a task's module is not to be had here. */
const HINT = "A process has the deno.json beside the main module, and the permissions that the " +
  'program has as a whole. For more: new ProcessesBackend({ flags: ["--config=…"] }), or ' +
  'new ProcessesBackend({ flags: ["--allow-read=…"] })';

/** As long as this is open, the process lives. */
const calls = new Socket({ fd: CALLS_DESCRIPTOR, readable: true, writable: false });
const reader = new PipeReader();

// Ctrl-C goes to all processes of a terminal. The caller decides, and its end is that of this one.
Deno.addSignalListener("SIGINT", () => {});

calls.on("data", (chunk: Uint8Array) => {
  // The caller writes nothing else.
  for (const { payload } of reader.read(chunk)) onMessage(decodeClone(payload) as ToProcess);
});
calls.on("error", end);
calls.on("end", end);

/** The caller is gone, or can't be reached: nobody waits for what this process does. */
function end(): never {
  Deno.exit(1);
}

function onMessage(message: ToProcess): void {
  switch (message.type) {
    case "start":
      relay = start(message);
      break;
    case "call":
      if (relay) run(message, relay);
      break;
    case "levels":
      relay?.levels.push(message.levels);
      break;
    default:
      message satisfies never;
  }
}

function start(message: ToProcess & { type: "start" }): Relay {
  const { worker, maxRecordLength, config } = message;
  inheritConfig(config);
  const sink = new PipeSink(
    new PipeWriter(descriptorWriter(RECORDS_DESCRIPTOR), end),
    maxRecordLength,
  );
  const levels = new PushedLevels();
  const caller = new RemoteCaller(sink, levels);
  becomeWorker(worker, caller, sink);
  addEventListener("unload", () => sink.end());
  announceUncaught(sink);
  post(sink, { type: "paralog:ready" });
  return { caller, levels, sink };
}

async function run(call: ProcessCall, { caller, levels, sink }: Relay): Promise<void> {
  for (const [level, name] of call.levelNames ?? []) addLevelName(level, name);
  if (call.locations) wantLocations();
  levels.push(call.levels);
  postOutcome(call, await runCall(call, caller, importHere, sink), sink);
}

function importHere(task: ModuleReference): Promise<TaskFunction> {
  return importTask(task, HINT);
}

function postOutcome(call: ProcessCall, outcome: Outcome, sink: PipeSink): void {
  if (!outcome.ok) return postError(sink, "paralog:failed", outcome.error);
  try {
    post(sink, { type: "paralog:done", value: outcome.value });
  } catch (cause) {
    const error = uncloneableResult(outcome.value, call.task.name, cause, isEncodable);
    postError(sink, "paralog:failed", serializeThrown(error));
  }
}

/** Otherwise Deno would print it and end the process; the caller ends it when it has read this. */
function announceUncaught(sink: PipeSink): void {
  const uncaught = (event: Event, thrown: unknown) => {
    event.preventDefault();
    postError(sink, "paralog:uncaught", serializeThrown(thrown));
  };
  addEventListener("error", (event) => uncaught(event, event.error));
  addEventListener("unhandledrejection", (event) => uncaught(event, event.reason));
}

function postError(
  sink: PipeSink,
  type: "paralog:failed" | "paralog:uncaught",
  thrown: Parameters<typeof toCloneableThrown>[0],
): void {
  post(sink, { type, error: toCloneableThrown(thrown, isEncodable) });
}

function post(sink: PipeSink, message: FromWorker): void {
  if (!sink.post(message)) end();
}
