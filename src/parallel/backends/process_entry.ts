/**
 * The program of a child process: the worker's side of the processes backend.
 *
 * Calls come through one pipe. Everything else goes through the other, written synchronously: what a
 * task logged before it ended its process, or was killed, is there to be read.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { Socket } from "node:net";
import "../../logging/core_modules.ts";
import { serializeThrown } from "../../logging/errors.ts";
import { addLevelName } from "../../logging/levels.ts";
import { wantLocations } from "../../logging/location.ts";
import { becomeWorker } from "../../logging/realm.ts";
import { writeWhole } from "../../logging/write_whole.ts";
import { decodeClone, detachBuffers, isEncodable } from "../../relay/clone_bytes.ts";
import { toCloneableThrown } from "../../relay/cloneable.ts";
import { PipeReader } from "../../relay/pipe_reader.ts";
import { PipeSink } from "../../relay/pipe_sink.ts";
import { descriptorWriter, PipeWriter } from "../../relay/pipe_writer.ts";
import { PushedLevels } from "../../relay/pushed_levels.ts";
import { RemoteCaller } from "../../relay/remote_caller.ts";
import { BatchRunner } from "../wire/batch_runner.ts";
import { prepareResult } from "../values/clone.ts";
import { decodeMessage, writeMessage } from "../wire/process_message.ts";
import { importTask, type ModuleReference } from "../tasks/import_task.ts";
import {
  CALLS_DESCRIPTOR,
  type ClonedArgs,
  type ProcessBatch,
  RECORDS_DESCRIPTOR,
  type ToProcess,
} from "../wire/process_wire.ts";
import { TaskRunner } from "../tasks/task_runner.ts";
import type { TaskFunction } from "../tasks/task.ts";
import type { FromWorker } from "../wire/wire.ts";

/** What the process has once it was started. */
interface Running {
  readonly caller: RemoteCaller;
  readonly levels: PushedLevels;
  readonly batches: BatchRunner;
  readonly outputMark: string | undefined;
}

let running: Running | undefined;

/** What may be missing in a message is not looked for in what a task may have given to all objects. */
const ABSENT = {
  context: undefined,
  initializer: undefined,
  levelNames: undefined,
  hasClonedArgs: undefined,
};

/** What to do when a task's module is not to be had here. */
const HINT = "A process has the configuration and the permissions of the program. For more: " +
  'new ProcessesBackend({ flags: ["--config=…"] }), or with "--allow-import=…"';

/** As long as this is open, the process lives. */
const calls = new Socket({ fd: CALLS_DESCRIPTOR, readable: true, writable: false });
const reader = new PipeReader();

/** Deno keeps the asynchronous context of an import for what is read later: see `importTask`. */
const outside = AsyncLocalStorage.snapshot();

// Where a process has no group of its own, Ctrl-C goes to all of a terminal. The caller decides, and its end is
// that of this one.
if (Deno.build.os === "windows") Deno.addSignalListener("SIGINT", () => {});

calls.on("data", (chunk: Uint8Array) => outside(() => onChunk(chunk)));
calls.on("error", end);
calls.on("end", end);

function onChunk(chunk: Uint8Array): void {
  // The caller writes nothing else.
  for (const { payload, buffers } of reader.read(chunk)) {
    onMessage(decodeMessage(payload, buffers) as ToProcess, buffers);
  }
}

/** The caller is gone, or can't be reached: nobody waits for what this process does. */
function end(): never {
  Deno.exit(1);
}

function onMessage(message: ToProcess, buffers: readonly ArrayBuffer[]): void {
  switch (message.type) {
    case "start":
      running = start(message);
      break;
    case "batch":
      if (running) run({ ...ABSENT, ...message }, buffers, running);
      break;
    case "cancel":
      running?.batches.cancel(message.reason);
      break;
    case "levels":
      running?.levels.push(new Map(message.levels));
      break;
    default:
      message satisfies never;
  }
}

function start(message: ToProcess & { type: "start" }): Running {
  const { worker, maxRecordLength, outputMark } = message;
  const sink = new PipeSink(
    new PipeWriter(descriptorWriter(RECORDS_DESCRIPTOR), end),
    maxRecordLength,
  );
  const levels = new PushedLevels();
  const caller = new RemoteCaller(sink, levels);
  becomeWorker(worker, caller, sink);
  addEventListener("unload", () => sink.end());
  announceUncaught(sink);
  const runner = new TaskRunner(importHere, sink);
  const batches = new BatchRunner(runner, {
    worker,
    post: (message, parts) => {
      post(sink, message, parts?.buffers);
      detachBuffers(parts?.transfer ?? []); // They are the caller's now.
    },
    takes: isEncodable,
    take: (value, task, { moves }) => prepareResult(value, task, { moves, to: "process" }),
    onListen: (index) => post(sink, { type: "paralog:listening", index }),
    isEager: true, // It may be killed at any time.
  });
  post(sink, { type: "paralog:ready" });
  return { caller, levels, batches, outputMark };
}

async function run(
  batch: ProcessBatch,
  buffers: readonly ArrayBuffer[],
  running: Running,
): Promise<void> {
  const { caller, levels, batches, outputMark } = running;
  for (const [level, name] of batch.levelNames ?? []) addLevelName(level, name);
  if (batch.locations) wantLocations();
  levels.push(new Map(batch.levels));
  await batches.run(withArgs(batch, buffers), caller);
  if (outputMark !== undefined) printMark(outputMark);
}

/** A task may have closed the streams. */
function printMark(mark: string): void {
  for (const stream of [Deno.stdout, Deno.stderr]) {
    try {
      writeWhole(stream, mark);
    } catch {
      // Who waits for the mark does not wait long.
    }
  }
}

/** Puts in what came as bytes. */
function withArgs(batch: ProcessBatch, [clonedArgs]: readonly ArrayBuffer[]): ProcessBatch {
  const { hasClonedArgs, calls, initializer } = batch;
  if (!hasClonedArgs || !clonedArgs) return batch;
  const args = decodeClone(new Uint8Array(clonedArgs)) as ClonedArgs; // Its caller writes nothing else.
  const areComplete = Array.isArray(args?.calls) && args.calls.length === calls.index.length &&
    args.calls.every((each) => Array.isArray(each)) && Array.isArray(args.initializer);
  if (!areComplete) throw new TypeError("Cannot run a batch: its arguments are no lists of calls");
  return {
    ...batch,
    calls: { ...calls, args: args.calls },
    initializer: initializer && { task: initializer.task, args: args.initializer },
  };
}

function importHere(task: ModuleReference): Promise<TaskFunction> {
  return importTask(task, HINT);
}

/** Otherwise Deno would print it and end the process; the caller ends it when it has read this. */
function announceUncaught(sink: PipeSink): void {
  const uncaught = (event: Event, thrown: unknown) => {
    event.preventDefault();
    const error = toCloneableThrown(serializeThrown(thrown), isEncodable);
    post(sink, { type: "paralog:uncaught", error });
  };
  addEventListener("error", (event) => uncaught(event, event.error));
  addEventListener("unhandledrejection", (event) => uncaught(event, event.reason));
}

function post(sink: PipeSink, message: FromWorker, buffers?: readonly ArrayBuffer[]): void {
  if (!sink.post(writeMessage(message, buffers), buffers)) end();
}
