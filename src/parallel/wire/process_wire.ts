/**
 * The messages from a caller to its child processes. Both sides import this file. What the children send
 * back is what Web Workers send: {@linkcode FromWorker}.
 *
 * @module
 */

import type { CallsMessage, CancelMessage } from "./wire.ts";

/** From the caller to a process. */
export type ToProcess =
  | {
    readonly type: "start";
    /** The name that the process's records carry. */
    readonly worker: string;
    /** The longest record, in characters of its text. */
    readonly maxRecordLength: number;
    /**
     * What the process prints on stdout and on stderr when a batch is over, for who reads them: all that was printed
     * before is read then. Nothing, where they go past the caller.
     */
    readonly outputMark?: string;
  }
  | ProcessBatch
  | CancelMessage
  /** The levels of the caller have changed. */
  | { readonly type: "levels"; readonly levels: LevelEntries };

/** The entries of a `LevelTable`. */
export type LevelEntries = readonly (readonly [name: string, level: number])[];

/** Calls for a process. */
export interface ProcessBatch extends CallsMessage {
  /** The levels of the caller. */
  readonly levels: LevelEntries;
  /**
   * Whether the calls and the initializer have no arguments, and the one buffer that comes beside the message is a
   * {@linkcode ClonedArgs} as bytes. Who passes a batch on need not read them.
   */
  readonly hasClonedArgs?: boolean;
}

/** Arguments that are read by the process alone. */
export interface ClonedArgs {
  /** Those of the calls, in their order. */
  readonly calls: readonly (readonly unknown[])[];
  /** Those of the initializer. */
  readonly initializer: readonly unknown[];
}

/** Where a process reads what its caller sends. */
export const CALLS_DESCRIPTOR = 4;

/** Where a process writes what it sends, synchronously. */
export const RECORDS_DESCRIPTOR = 3;
