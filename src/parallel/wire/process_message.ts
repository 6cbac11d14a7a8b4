/**
 * The messages between a caller and its child processes, as they go through a pipe: as JSON where it says all that
 * there is, as structured clones otherwise.
 *
 * @module
 */

import { CLONE_MARK, decodeClone, encodeClone } from "../../relay/clone_bytes.ts";
import { arePlain, isJsonChanged, isPlain, writePlain } from "../../relay/plain_text.ts";
import type { ProcessBatch, ToProcess } from "./process_wire.ts";
import type { FromWorker, WireOutcomes } from "./wire.ts";

/**
 * Writes a message. What is `undefined` in its own fields may be missing there.
 *
 * @param message The message.
 * @param buffers Buffers in it that are sent beside it.
 * @returns Its bytes, or its text; {@linkcode decodeMessage} reads them.
 * @throws {Error} If it can't be written: see `encodeClone`.
 */
export function writeMessage(
  message: ToProcess | FromWorker,
  buffers: readonly ArrayBuffer[] = [],
): Uint8Array | string {
  const plain = isJsonChanged() ? undefined : plainOf(message);
  return plain ? writePlain(plain) : encodeClone(message, buffers);
}

const encoder = new TextEncoder();

/**
 * The same as {@linkcode writeMessage}, always as bytes.
 *
 * @param message The message.
 * @param buffers Buffers in it that are sent beside it.
 * @returns The bytes.
 * @throws {Error} If it can't be written: see `encodeClone`.
 */
export function encodeMessage(
  message: ToProcess | FromWorker,
  buffers?: readonly ArrayBuffer[],
): Uint8Array {
  const written = writeMessage(message, buffers);
  return typeof written === "string" ? encoder.encode(written) : written;
}

/**
 * Reads a message.
 *
 * @param bytes What {@linkcode encodeMessage} wrote; tasks may have written something else.
 * @param buffers The buffers that came beside it.
 * @returns What may be a message.
 * @throws {Error} If the bytes are something else.
 */
export function decodeMessage(bytes: Uint8Array, buffers?: readonly ArrayBuffer[]): unknown {
  const message = decodeClone(bytes, buffers);
  return bytes[0] === CLONE_MARK ? message : withVoids(message);
}

/**
 * What of a message is written as JSON, if all that is in it comes out as it went in: what tasks are given and return
 * may be anything.
 */
function plainOf(message: ToProcess | FromWorker): object | undefined {
  switch (message.type) {
    case "paralog:ready":
    case "paralog:initialized":
    case "paralog:began":
    case "paralog:loading":
    case "paralog:cancelled":
    case "paralog:listening":
    case "start":
      return message;
    case "paralog:settled":
      return plainSettled(message.outcomes);
    case "paralog:progress":
      return isPlain(message.done) && isPlain(message.total ?? null) ? message : undefined;
    case "batch":
      return hasPlainHead(message) && arePlain(message.calls.args) ? message : undefined;
    case "levels":
    case "cancel":
    case "paralog:uncaught":
    case "paralog:ending":
      return undefined; // They are rare.
    default:
      return message satisfies never;
  }
}

/** Calls that all return nothing are frequent, and JSON has no word for it: then there are times, but no values. */
function plainSettled({ values, ms, failed }: WireOutcomes): object | undefined {
  if (failed.length > 0) return undefined;
  const areVoid = values.every((value) => value === undefined);
  if (!areVoid && !arePlain([values])) return undefined;
  return { type: "paralog:settled", outcomes: { values: areVoid ? [] : values, ms, failed } };
}

/** Puts in what was left out. */
function withVoids(message: unknown): unknown {
  if (!isSettled(message)) return message;
  const { type, outcomes } = message;
  const values = outcomes.ms.map(() => undefined);
  return { type, outcomes: { ...outcomes, values } };
}

/** Whether a message tells of calls that have returned nothing. */
function isSettled(message: unknown): message is FromWorker & { type: "paralog:settled" } {
  const { type, outcomes } = Object(message);
  return type === "paralog:settled" && Array.isArray(outcomes?.values) &&
    outcomes.values.length === 0 && Array.isArray(outcomes.ms);
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
