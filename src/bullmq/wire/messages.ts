/**
 * What callers and agents tell each other. Both sides import this file.
 *
 * @module
 */

import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import type { ContentKind } from "../../relay/pipe_frame.ts";
import type { OutputStream } from "../../parallel/backends/child_channel.ts";
import type { SerializedThrown } from "../../logging/errors.ts";
import type { ChildEnd } from "../../parallel/backends/child_end.ts";
import type { ProcessPermissions } from "../../parallel/options/permissions.ts";
import type { ProcessBatch } from "../../parallel/wire/process_wire.ts";
import type { InitializerCall } from "../../parallel/wire/wire.ts";

/** The version of all this. Callers and agents of different versions do not understand each other. */
export const PROTOCOL = 1;

/** What the process that runs a batch is to be: batches of the same site may share one. */
export interface Site {
  /** Names the `Parallel` that the batch is of, and how its processes are started. */
  readonly id: string;
  /** What the process runs before its first call. */
  readonly initializer: InitializerCall | undefined;
  /** After how many calls another process takes its place; `undefined` for never. */
  readonly maxTasks: number | undefined;
  /** How much memory V8 may take there, in megabytes. */
  readonly memoryLimit: number | undefined;
  /** What its tasks may do. */
  readonly permissions: ProcessPermissions | undefined;
  /** The longest record, in characters of its text. */
  readonly maxRecordLength: number;
  /** The arguments of the caller's program: tasks see them wherever they run. */
  readonly args: readonly string[];
}

/** A batch as it is sent to an agent, which knows how the arguments come. */
export type SentBatch = Omit<ProcessBatch, "hasClonedArgs">;

/** A batch on its way to an agent. */
export interface Envelope {
  /** In the head of a job, its initializer has no arguments. */
  readonly site: Site;
  /**
   * The calls. `initializer` is not set: whether it is needed is known where the process is. In the head of a job,
   * the calls have no arguments.
   */
  readonly batch: SentBatch;
}

/**
 * What BullMQ keeps of a job until an agent takes it. The head is an {@linkcode Envelope} without arguments, the
 * body a `ClonedArgs`, as {@linkcode packPayload} writes them. An agent reads the head alone, and passes the body on to
 * the process that runs the calls: arguments may be large, and anybody may have written them.
 */
export interface JobData {
  /** {@linkcode PROTOCOL}. */
  readonly protocol: number;
  /** Which version of paralog has written it. */
  readonly version: string;
  /** What the run is called that the calls belong to: see `runNameOf`. */
  readonly run: string;
  readonly head: string;
  readonly body: string;
}

/** What a process has written into its pipe or has printed, on its way to the caller. */
export interface SentFrame {
  /** What the frame of the pipe holds; or where the process has printed it to. */
  readonly kind: ContentKind | OutputStream;
  /**
   * Which of its kind it is, from 0: records have numbers of their own, what is printed has (both streams together),
   * and everything else has. Of one delivery of a job, each number is there once.
   */
  readonly number: number;
  readonly payload: Uint8Array;
  readonly buffers: readonly ArrayBuffer[];
}

/** Frames of one job, in the order in which the process wrote them. */
export interface FrameList {
  /** Names this delivery of the job: a job whose agent died is delivered to another one. */
  readonly delivery: string;
  /** The name of the worker process, with that of its agent. */
  readonly worker: string;
  readonly frames: readonly SentFrame[];
}

/** How a batch has come to its end. */
export interface Answer extends FrameList {
  /**
   * What is not in the stream of the run, and all that is no record and was not printed: what the calls resulted in
   * must not be lost where the stream was cut.
   */
  readonly frames: readonly SentFrame[];
  /** How many pieces of output the job has sent in all, those in the stream included. */
  readonly outputs: number;
  /** How many records the job has sent in all, those in the stream included. */
  readonly records: number;
  /** The last entry that the job has written into the stream, if it wrote one. */
  readonly last: string | undefined;
  /** How the process came to its end, if it did. */
  readonly end: ChildEnd | undefined;
  /** Whether its modules were loaded by then. */
  readonly isReady: boolean;
}

/** What BullMQ is given as the value of a completed job. */
export type JobResult =
  /** An {@linkcode Answer}, as `packAnswer` writes it. */
  | { readonly protocol: number; readonly body: string }
  /** It is long, and under the key `PoolKeys.result(job)`, as bytes of the same text. */
  | { readonly protocol: number; readonly bytes: number };

/** Why a job is not run, or not to its end. The text of it is what BullMQ is given as the reason of a failed job. */
export interface Refusal {
  /** "refused": by the agent, for what it says. */
  readonly kind: "refused";
  /** A sentence that says what to do. */
  readonly message: string;
  /** The name of the agent. */
  readonly agent: string;
}

/** What callers tell all agents of a pool, as bytes on the channel `PoolKeys.control`. */
export type Control =
  /** The running calls of jobs are to come to their end; those behind them are not to start. */
  | {
    readonly type: "cancel";
    readonly jobs: readonly string[];
    readonly reason: SerializedThrown;
  }
  /** The processes that run jobs are to be killed. */
  | { readonly type: "kill"; readonly jobs: readonly string[] }
  /** The levels of the caller have changed. They are also under the key `PoolKeys.levels(run)`. */
  | { readonly type: "levels"; readonly run: string; readonly levels: LevelTable }
  /** No more batches of this site will come. */
  | { readonly type: "leave"; readonly site: string };

/** What is under the key `PoolKeys.stop(job)`: the newest of what the caller has said. */
export type Stop = Extract<Control, { type: "cancel" | "kill" }>;
