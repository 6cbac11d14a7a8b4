/**
 * What callers tell all agents, as bytes.
 *
 * @module
 */

import type { LevelTable } from "../../logging/realm/caller_realm.ts";
import { identifier, levels } from "./batch_shape.ts";
import type { Control, Stop } from "./messages.ts";
import { packRaw, PayloadTooLongError, unpackRaw } from "./payload.ts";
import { exactly, listOf, object, text, variants } from "./shape.ts";
import { thrown } from "./thrown_shape.ts";

const control = variants<Control>("type", {
  cancel: object({ type: exactly("cancel"), jobs: listOf(text), reason: thrown }),
  kill: object({ type: exactly("kill"), jobs: listOf(text) }),
  levels: object({ type: exactly("levels"), run: identifier, levels }),
  leave: object({ type: exactly("leave"), site: identifier }),
});

/** The longest message that is read, in bytes: it goes to all agents, and stops each while it is read. */
const MOST_CONTROL = 1024 * 1024;

/**
 * Writes a message as bytes. They are what is published, and what is kept under `PoolKeys.stop(job)` and
 * `PoolKeys.levels(run)`.
 *
 * @param message The message. What it holds can be written: see `toCloneableThrown`.
 * @returns The bytes.
 */
export function encodeControl(message: Control): Uint8Array<ArrayBuffer> {
  return packRaw(message);
}

/**
 * Reads a message that anybody may have written.
 *
 * @param bytes What {@linkcode encodeControl} made; nothing, where nothing is kept.
 * @returns The message; `undefined` if it is not understood.
 */
export function decodeControl(bytes: Uint8Array | null | undefined): Control | undefined {
  if (!bytes) return undefined;
  try {
    return control(unpackRaw(bytes, { limit: MOST_CONTROL }));
  } catch (error) {
    if (error instanceof TypeError || error instanceof PayloadTooLongError) return undefined;
    throw error;
  }
}

/**
 * Reads what is under `PoolKeys.stop(job)`.
 *
 * @param bytes What is there.
 * @returns What the caller has said; `undefined` if it has not.
 */
export function decodeStop(bytes: Uint8Array | null | undefined): Stop | undefined {
  const message = decodeControl(bytes);
  return message?.type === "cancel" || message?.type === "kill" ? message : undefined;
}

/**
 * Reads what is under `PoolKeys.levels(run)`.
 *
 * @param bytes What is there.
 * @returns The levels; `undefined` if they have not changed.
 */
export function decodeLevels(bytes: Uint8Array | null | undefined): LevelTable | undefined {
  const message = decodeControl(bytes);
  return message?.type === "levels" ? message.levels : undefined;
}
