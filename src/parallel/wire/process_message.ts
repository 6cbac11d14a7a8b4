/**
 * The messages between a caller and its child processes, as they go through a pipe: as JSON where it says all that
 * there is, as structured clones otherwise.
 *
 * @module
 */

import { encodeClone } from "../../relay/clone_bytes.ts";
import { arePlain, isPlain } from "../../relay/plain_text.ts";
import type { ProcessBatch, ToProcess } from "./process_wire.ts";
import type { FromWorker } from "./wire.ts";

/**
 * Writes a message. What is `undefined` in its own fields may be missing there.
 *
 * @param message The message.
 * @param buffers Buffers in it that are sent beside it.
 * @returns Its bytes, or its text; `decodeClone` reads them.
 * @throws {Error} If it can't be written: see {@linkcode encodeClone}.
 */
export function writeMessage(
  message: ToProcess | FromWorker,
  buffers: readonly ArrayBuffer[] = [],
): Uint8Array | string {
  return !("toJSON" in LIST) && isPlainMessage(message)
    ? JSON.stringify(message)
    : encodeClone(message, buffers);
}

const encoder = new TextEncoder();

/**
 * The same as {@linkcode writeMessage}, always as bytes.
 *
 * @param message The message.
 * @param buffers Buffers in it that are sent beside it.
 */
export function encodeMessage(
  message: ToProcess | FromWorker,
  buffers?: readonly ArrayBuffer[],
): Uint8Array {
  const written = writeMessage(message, buffers);
  return typeof written === "string" ? encoder.encode(written) : written;
}

/** Where the program has given lists or objects a way to be written, JSON says what it likes. */
const LIST: readonly never[] = [];

/** Whether all that is in it comes out of JSON as it went in. What tasks are given and return may be anything. */
function isPlainMessage(message: ToProcess | FromWorker): boolean {
  switch (message.type) {
    case "paralog:ready":
    case "paralog:initialized":
    case "paralog:began":
    case "paralog:loading":
    case "paralog:cancelled":
    case "paralog:listening":
    case "start":
      return true;
    case "paralog:settled": {
      const { values, failed } = message.outcomes;
      return failed.length === 0 && values.every(isPlain);
    }
    case "paralog:progress":
      return isPlain(message.done) && (message.total === undefined || isPlain(message.total));
    case "batch":
      return hasPlainHead(message) && arePlain(message.calls.args);
    case "levels":
    case "cancel":
    case "paralog:uncaught":
    case "paralog:ending":
      return false; // They are rare.
    default:
      return message satisfies never;
  }
}

/**
 * Whether all of a batch but the arguments of its calls comes out of JSON as it went in.
 *
 * @param batch The batch.
 */
export function hasPlainHead(batch: ProcessBatch): boolean {
  const { context, initializer, levels, levelNames = [] } = batch;
  return context === undefined && initializer === undefined &&
    levels.every(([, level]) => isPlain(level)) && levelNames.every(([level]) => isPlain(level));
}
