/**
 * Arguments and results on their way: what can't be cloned is refused by name and path.
 *
 * @module
 */

import { TooLongError } from "../relay/pipe_frame.ts";
import { describeUncloneable, type TakesValue } from "../relay/cloneable.ts";
import type { Call } from "./task.ts";

/**
 * Clones the arguments of a call.
 *
 * @param call The call.
 * @returns The copies.
 * @throws {TypeError} If one can't be cloned; the text says which and where.
 */
export function cloneArgs(call: Call): readonly unknown[] {
  try {
    return structuredClone(call.args);
  } catch (error) {
    throw uncloneableArgs(call, error);
  }
}

/**
 * Clones the result of a task.
 *
 * @param value What the task returned.
 * @param task The name of the task, for the error.
 * @returns The copy.
 * @throws {TypeError} If it can't be cloned; the text says where.
 */
export function cloneResult(value: unknown, task: string): unknown {
  try {
    return structuredClone({ value }).value; // As part of a message, which is what a worker sends.
  } catch (error) {
    throw uncloneableResult(value, task, error);
  }
}

/**
 * The error for arguments that can't be sent to a task.
 *
 * @param call The call.
 * @param cause What the clone threw.
 * @param takes What refused them, if it was not `structuredClone`.
 * @returns The error; the cause itself if nothing is wrong with them but their length.
 */
export function uncloneableArgs(call: Call, cause: unknown, takes?: TakesValue): Error {
  if (cause instanceof TooLongError) return cause;
  const what = describeUncloneable(call.args, "args", takes);
  return new TypeError(
    `Cannot send the arguments of ${call.task.name} to it: ${what}. Send plain data, and let the ` +
      "task's module import functions and classes",
    { cause },
  );
}

/**
 * The error for a result that can't be sent back.
 *
 * @param value What the task returned.
 * @param task The name of the task.
 * @param cause What the clone threw.
 * @param takes What refused it, if it was not `structuredClone`.
 * @returns The error; the cause itself if nothing is wrong with it but its length.
 */
export function uncloneableResult(
  value: unknown,
  task: string,
  cause: unknown,
  takes?: TakesValue,
): Error {
  if (cause instanceof TooLongError) return cause;
  const what = describeUncloneable(value, "the result", takes);
  return new TypeError(
    `Cannot send the result of ${task} back: ${what}. Return plain data that structuredClone takes`,
    { cause },
  );
}
