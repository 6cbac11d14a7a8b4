/**
 * The messages between a caller and its workers. Both sides import this file.
 *
 * @module
 */

import type { SerializedThrown } from "../../logging/errors.ts";
import type { Fields } from "../../logging/message.ts";
import type { LinkEnd } from "../../relay/worker_sink.ts";
import type { Nesting } from "../tasks/current_task.ts";
import type { CrashReason } from "../errors.ts";
import type { TaskReference } from "../tasks/task.ts";

/** From the caller to a worker. */
export type ToWorker =
  | {
    readonly type: "start";
    /** The name that the worker's records carry. */
    readonly worker: string;
    /** The worker's end of the relay. */
    readonly link: LinkEnd;
    /** The memory of its `WorkerFlags`. */
    readonly flags: SharedArrayBuffer;
  }
  | BatchMessage
  | CancelMessage;

/**
 * Calls on their way, in lists: what has the same place in each is of the same call. V8 writes and reads such
 * lists in a third of the time that it takes for an entry of its own for each call (bench/calls.ts).
 */
export interface WireCalls {
  /** Which of the batch's tasks they are of. */
  readonly task: readonly number[];
  /** Which calls of the run they are. */
  readonly index: readonly number[];
  readonly attempt: readonly number[];
  readonly args: readonly (readonly unknown[])[];
}

/** What every message with calls to run has, whatever way it takes. */
export interface CallsMessage {
  readonly type: "batch";
  /** The tasks that the calls are of. */
  readonly tasks: readonly TaskReference[];
  /** What to run, one after the other. */
  readonly calls: WireCalls;
  /** Which run they belong to. */
  readonly run: string;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** Where runs that the calls start stand. */
  readonly nesting: Nesting;
  /** What to run before the first call, if the worker is new. */
  readonly initializer: InitializerCall | undefined;
  /** Whether what can be moved of the results is moved. */
  readonly movesResults: boolean;
  /** Whether a progress bar may stand below what is written to a terminal. */
  readonly hasStatus: boolean;
  /** Names of levels that the program has added, if it did since the batch before. */
  readonly levelNames: readonly (readonly [level: number, name: string])[] | undefined;
  /** Whether a formatter of the caller wants to know where records are logged. */
  readonly locations: boolean;
}

/** What a worker runs before its first call. */
export interface InitializerCall {
  readonly task: TaskReference;
  readonly args: readonly unknown[];
}

/** Calls for a Web Worker. */
export interface BatchMessage extends CallsMessage {
  /** The page with the levels of the caller, if it is another than that of the batch before. */
  readonly levels: SharedArrayBuffer | undefined;
}

/** The running call is to come to its end, and those behind it are not to start. */
export interface CancelMessage {
  readonly type: "cancel";
  readonly reason: SerializedThrown;
}

/** What became of calls, in lists as in {@linkcode WireCalls}. */
export interface WireOutcomes {
  /** What each call returned; of those that failed what they threw, a {@linkcode SerializedThrown}. */
  readonly values: readonly unknown[];
  /** How many milliseconds each ran. */
  readonly ms: readonly number[];
  /** The places of those that failed, in their order. */
  readonly failed: readonly number[];
}

/** From a worker to its caller. */
export type FromWorker =
  /** The worker's own modules are loaded. */
  | { readonly type: "paralog:ready" }
  /** What runs before the first call has come to its end. */
  | { readonly type: "paralog:initialized" }
  /** The first call of the batch begins. Where it is left out, the end of a call says so. */
  | { readonly type: "paralog:began" }
  /** What the running call needs is being loaded, or is there. */
  | { readonly type: "paralog:loading"; readonly isLoading: boolean }
  /** The next calls of the batch have come to their end. */
  | { readonly type: "paralog:settled"; readonly outcomes: WireOutcomes }
  /** The rest of the batch is not started, because it was cancelled. */
  | { readonly type: "paralog:cancelled" }
  /** A call has asked for its signal; Web Workers say so in shared memory. */
  | { readonly type: "paralog:listening"; readonly index: number }
  /** The running call says how far it is. */
  | {
    readonly type: "paralog:progress";
    readonly index: number;
    readonly done: number;
    readonly total: number | undefined;
  }
  /** Something was thrown outside of what the call awaits. */
  | { readonly type: "paralog:uncaught"; readonly error: SerializedThrown }
  /** The worker is about to end; with what was thrown, if that is why. */
  | {
    readonly type: "paralog:ending";
    readonly reason: CrashReason;
    readonly error?: SerializedThrown;
  };

/**
 * Whether a message is one of ours; a task may post messages of its own, hence the long types.
 *
 * @param data What was received.
 */
export function isFromWorker(data: unknown): data is FromWorker {
  return typeof data === "object" && data !== null && "type" in data &&
    TYPES.has(data.type as FromWorker["type"]); // Looked up: the name may be of another message.
}

const TYPES: ReadonlySet<FromWorker["type"]> = new Set(
  [
    "paralog:ready",
    "paralog:initialized",
    "paralog:began",
    "paralog:loading",
    "paralog:settled",
    "paralog:cancelled",
    "paralog:listening",
    "paralog:progress",
    "paralog:uncaught",
    "paralog:ending",
  ] as const,
);
