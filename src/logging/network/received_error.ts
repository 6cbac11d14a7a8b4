/**
 * Errors of records that come from outside: from another program, or from Python.
 *
 * @module
 */

import type { SerializedError, SerializedThrown } from "../errors.ts";

/** How deep causes and aggregated errors are followed; what lies deeper is cut off. */
const MAX_DEPTH = 32;

/**
 * Reads an error as our own records carry it.
 *
 * @param value What should be one; nothing is taken for granted.
 * @returns The error, or `undefined` if it is none.
 */
export function readError(value: unknown): SerializedError | undefined {
  return read(value, 0);
}

function read(value: unknown, depth: number): SerializedError | undefined {
  if (!isObject(value)) return undefined;
  const { className, name, base, message, stack, cause, errors, suppression, fields } = value;
  if (typeof name !== "string" || typeof message !== "string") return undefined;
  return {
    className: typeof className === "string" ? className : name,
    name,
    base: typeof base === "string" ? base : "Error",
    message,
    ...(typeof stack === "string" && { stack }),
    ...("cause" in value && { cause: readThrown(cause, depth) }),
    ...(Array.isArray(errors) && { errors: errors.map((inner) => readThrown(inner, depth)) }),
    ...(isObject(suppression) && {
      suppression: {
        error: readThrown(suppression.error, depth),
        suppressed: readThrown(suppression.suppressed, depth),
      },
    }),
    ...(isObject(fields) && { fields: Object.fromEntries(Object.entries(fields)) }),
  };
}

function readThrown(value: unknown, depth: number): SerializedThrown {
  if (!isObject(value)) return { kind: "value", value };
  if (value.kind !== "error") return { kind: "value", value: value.value };
  if (depth >= MAX_DEPTH) return { kind: "value", value: "[cut here]" };
  const error = read(value.error, depth + 1);
  return error ? { kind: "error", error } : { kind: "value", value: value.error };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Map);
}

/** The last lines of a traceback, such as "ValueError: boom" or "json.JSONDecodeError: …". */
const LAST_LINES = /^([A-Za-z_]\w*(?:\.\w+)*)(?::[ ]?([^]*))?$/;

/**
 * Makes an error of the text of a Python traceback: a record's `exc_text`.
 *
 * @param text The traceback.
 * @returns An error with the class and message that the traceback ends with, and the text as its
 * stack.
 */
export function errorOfTraceback(text: string): SerializedError {
  const lines = text.trimEnd().split("\n");
  const traceback = lines.findLastIndex((line) => line.startsWith("Traceback (most recent call"));
  // Frames are indented; a message may have several lines, so what counts is the first after them.
  const first = lines.findIndex((line, at) => at > traceback && /^[A-Za-z_]/.test(line));
  const last = lines.slice(traceback < 0 || first < 0 ? -1 : first).join("\n");
  const [, qualified, message] = LAST_LINES.exec(last) ?? ["", "Error", last];
  const name = qualified?.split(".").at(-1) ?? "Error";
  return { className: name, name, base: "Error", message: message ?? "", stack: text };
}
