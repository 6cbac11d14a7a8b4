/**
 * What is refused in a value that is to be cloned, and the path to it.
 *
 * @module
 */

/** Why something is refused. */
export type RefusalReason =
  /** It can't be cloned, or its clone would be an empty object. */
  | "uncloneable"
  /** All that it has is private, so that its clone would be empty. */
  | "hidden"
  /** It can't be cloned, but moved. */
  | "unmoved"
  /** It can't leave its process. */
  | "local"
  /** It is, or is on, an `ArrayBuffer` that was moved away before. */
  | "detached"
  /** It is nested too deep. */
  | "deep"
  /** Reading it throws. */
  | "unreadable";

/** What was refused. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** What it is; what was thrown, if it can't be read. */
  readonly value: unknown;
  /** How to get to it, from the value that was looked at: `[0].url`. */
  readonly path: string;
}

/**
 * Refuses a value; the path to it is added on the way back.
 *
 * @param reason Why.
 * @param value The value.
 */
export function refuse(reason: RefusalReason, value: unknown): Refusal {
  return { reason, value, path: "" };
}

/**
 * What was refused, as it is seen from the object that holds it.
 *
 * @param step How to get into the object: `[0]`.
 * @param refusal What was refused there.
 */
export function inside(step: string, { reason, value, path }: Refusal): Refusal {
  return { reason, value, path: step + path };
}

/**
 * The text that leads from an object to one of its fields.
 *
 * @param key The name of the field.
 * @returns `.name`, `[0]`, or `["a name"]`.
 */
export function stepOf(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}
