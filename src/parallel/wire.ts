/**
 * The messages between a caller and its workers. Both sides import this file.
 *
 * @module
 */

import type { SerializedThrown } from "../logging/errors.ts";
import type { LevelTable } from "../logging/realm/caller_realm.ts";
import type { Fields } from "../logging/message.ts";
import type { LogRecord } from "../logging/record.ts";
import type { CrashReason } from "./errors.ts";
import type { TaskReference } from "./task.ts";

/** From the caller to a worker. */
export type ToWorker =
  | {
    readonly type: "start";
    /** The name that the worker's records carry. */
    readonly worker: string;
    /** Levels that the program has added. */
    readonly customLevels: readonly (readonly [level: number, name: string])[];
  }
  | CallMessage;

/** One call to run. */
export interface CallMessage {
  readonly type: "call";
  /** Which call of the run it is, from 0. */
  readonly index: number;
  readonly task: TaskReference;
  readonly args: readonly unknown[];
  /** The levels of the caller's realm. */
  readonly levels: LevelTable;
  /** Which run it belongs to. */
  readonly run: string;
  /** The fields of the context that the run was started in. */
  readonly context: Fields | undefined;
  /** Whether a formatter of the caller wants to know where records are logged. */
  readonly locations: boolean;
}

/** From a worker to its caller. */
export type FromWorker =
  /** The worker's own modules are loaded. */
  | { readonly type: "paralog:ready" }
  /** Something was logged that found no handler in the worker. */
  | { readonly type: "paralog:record"; readonly record: LogRecord }
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
    "paralog:record",
    "paralog:done",
    "paralog:failed",
    "paralog:uncaught",
    "paralog:ending",
  ] as const,
);
