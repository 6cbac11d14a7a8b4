/**
 * The messages between a caller and its workers. Both sides import this file.
 *
 * @module
 */

import type { SerializedThrown } from "../logging/errors.ts";
import type { Fields } from "../logging/message.ts";
import type { LinkEnd } from "../relay/worker_sink.ts";
import type { CrashReason } from "./errors.ts";
import type { TaskReference } from "./task.ts";

/** From the caller to a worker. */
export type ToWorker =
  | {
    readonly type: "start";
    /** The name that the worker's records carry. */
    readonly worker: string;
    /** The worker's end of the relay. */
    readonly link: LinkEnd;
  }
  | CallMessage;

/** One call to run. */
export interface CallMessage {
  readonly type: "call";
  /** Which call of the run it is, from 0. */
  readonly index: number;
  readonly task: TaskReference;
  readonly args: readonly unknown[];
  /** The page with the levels of the caller, if it is another than that of the call before. */
  readonly levels: SharedArrayBuffer | undefined;
  /** Which run it belongs to. */
  readonly run: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** Names of levels that the program has added, if it did since the call before. */
  readonly levelNames: readonly (readonly [level: number, name: string])[] | undefined;
  /** Whether a formatter of the caller wants to know where records are logged. */
  readonly locations: boolean;
}

/** From a worker to its caller. */
export type FromWorker =
  /** The worker's own modules are loaded. */
  | { readonly type: "paralog:ready" }
  /** The call returned. */
  | { readonly type: "paralog:done"; readonly value: unknown }
  /** The call threw. */
  | { readonly type: "paralog:failed"; readonly error: SerializedThrown }
  /** Something was thrown outside of what the call awaits. */
  | { readonly type: "paralog:uncaught"; readonly error: SerializedThrown }
  /** The worker is about to end. */
  | { readonly type: "paralog:ending"; readonly reason: CrashReason };

/**
 * Whether a message is one of ours; a task may post messages of its own, hence the long types.
 *
 * @param data What was received.
 */
export function isFromWorker(data: unknown): data is FromWorker {
  return typeof data === "object" && data !== null && "type" in data &&
    TYPES.has(data.type as FromWorker["type"]); // Looked up: any value may be asked for.
}

const TYPES: ReadonlySet<FromWorker["type"]> = new Set(
  [
    "paralog:ready",
    "paralog:done",
    "paralog:failed",
    "paralog:uncaught",
    "paralog:ending",
  ] as const,
);
