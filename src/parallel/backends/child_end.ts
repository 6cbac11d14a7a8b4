/**
 * How a child process came to its end.
 *
 * @module
 */

import type { CrashReason } from "../errors.ts";

/** How a process came to its end. */
export type ChildEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  /** It could not be started, or what it sent could not be read. */
  | { readonly kind: "error"; readonly error: unknown };

/**
 * What its end says of its worker.
 *
 * @param end How the process came to its end.
 * @param isReady Whether its own modules were loaded by then.
 */
export function crashReasonOf(end: ChildEnd, isReady: boolean): CrashReason {
  if (end.kind === "error") return { kind: "start", message: messageOf(end.error) };
  if (isReady) return end;
  const how = end.kind === "exit" ? `exit(${end.code})` : end.signal;
  return { kind: "start", message: `it ended with ${how}; stderr has its reason` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
