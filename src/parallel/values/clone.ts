/**
 * Arguments and results on their way: what can't be sent is refused by name and path, alike in all backends,
 * and no big buffer is copied twice.
 *
 * @module
 */

import { findByTrial } from "../../relay/cloneable.ts";
import type { Refusal } from "../../relay/clone_refusal.ts";
import type { Destination } from "../../relay/clone_walk.ts";
import type { ObjectOwners } from "../../relay/object_owners.ts";
import { TooLongError } from "../../relay/pipe_frame.ts";
import {
  cloneNow,
  explainRefusal,
  prepareClone,
  type Prepared,
} from "../../relay/prepare_clone.ts";
import { describeRefusal } from "./refusal.ts";
import type { Call } from "../tasks/task.ts";
import { transferablesIn, type TransferPlan } from "./transfer.ts";

export type { Prepared };

/** Arguments that can be sent. */
export interface PreparedArgs extends Omit<Prepared, "value"> {
  /** What to send in the place of the arguments. */
  readonly args: readonly unknown[];
}

/** How arguments are sent. */
export interface ArgsOptions {
  /**
   * What is moved of them.
   *
   * @default nothing
   */
  readonly plan?: TransferPlan;
  /**
   * Where they go.
   *
   * @default "thread"
   */
  readonly to?: Destination;
  /**
   * Which objects the other calls have that are sent in the same message.
   *
   * @default there are none
   */
  readonly owners?: ObjectOwners;
}

/** How a result is sent. */
export interface ResultOptions {
  /**
   * Whether what can be moved of it is moved.
   *
   * @default false
   */
  readonly moves?: boolean;
  /**
   * Where it goes.
   *
   * @default "thread"
   */
  readonly to?: Destination;
}

/**
 * Checks the arguments of a call, and makes them ready to be sent. What is moved to a thread is moved now: they
 * have to be sent next.
 *
 * @param call The call.
 * @param options What is moved of them, where they go, and what they are sent with.
 * @returns What to send.
 * @throws {TypeError} If something can't be sent; the text says what and where.
 */
export function prepareArgs(
  call: Call,
  { plan, to = "thread", owners }: ArgsOptions = {},
): PreparedArgs {
  const { args } = call;
  if (args.every(isPrimitive)) return { args, transfer: [], buffers: [] };
  if (plan?.moved.has(args)) throw movedBefore(call);
  const { value, transfer, buffers } = prepareClone(args, {
    to,
    wanted: plan?.ofArgs(args),
    owners,
    explain: (refusal) => argsError(call, refusal),
  });
  if (transfer.length > 0) plan?.moved.add(args);
  return { args: value as readonly unknown[], transfer, buffers }; // A list in a list's place.
}

/**
 * Clones the arguments of a call.
 *
 * @param call The call.
 * @param plan What is moved of them, and not copied.
 * @returns The copies.
 * @throws {TypeError} If something can't be cloned; the text says what and where.
 */
export function cloneArgs(call: Call, plan?: TransferPlan): readonly unknown[] {
  if (call.args.every(isPrimitive)) return [...call.args];
  const { args: value, transfer, buffers } = prepareArgs(call, { plan });
  try {
    return cloneNow({ value, transfer, buffers }).value as readonly unknown[]; // A list in a list's place.
  } catch (error) {
    throw uncloneableArgs(call, error);
  }
}

/**
 * Checks the result of a task, and makes it ready to be sent. What is moved is moved now.
 *
 * @param value What the task returned.
 * @param task The name of the task, for the error.
 * @param options Whether it is moved, and where it goes.
 * @returns What to send.
 * @throws {TypeError} If something can't be sent; the text says what and where.
 */
export function prepareResult(value: unknown, task: string, options: ResultOptions = {}): Prepared {
  if (isPrimitive(value)) return { value, transfer: [], buffers: [] };
  const { moves, to = "thread" } = options;
  return prepareClone(value, {
    to,
    wanted: moves ? transferablesIn(value) : [],
    explain: (refusal) => resultError(task, refusal),
  });
}

/**
 * Clones the result of a task: what runs next may change what the task returned before it is sent.
 *
 * @param value What the task returned.
 * @param task The name of the task, for the error.
 * @param options Whether what can be moved of it is moved.
 * @returns The copy. What of it should be moved on its way is in its `transfer`: nobody else has it.
 * @throws {TypeError} If something can't be cloned; the text says what and where.
 */
export function cloneResult(
  value: unknown,
  task: string,
  { moves }: Omit<ResultOptions, "to"> = {},
): Prepared {
  const prepared = prepareResult(value, task, { moves });
  try {
    return isPrimitive(value) ? prepared : cloneNow(prepared);
  } catch (error) {
    throw uncloneableResult(value, task, error);
  }
}

/**
 * The error for arguments that were refused when they were sent.
 *
 * @param call The call.
 * @param cause What refused them has thrown.
 * @param to Where they were to go.
 * @returns The error; the cause itself if nothing is wrong with them but their length.
 */
export function uncloneableArgs(call: Call, cause: unknown, to?: Destination): Error {
  if (cause instanceof TooLongError) return cause;
  return argsError(call, refusalOf(call.args, to), cause);
}

/**
 * The error for a result that was refused when it was sent.
 *
 * @param value What the task returned.
 * @param task The name of the task.
 * @param cause What refused it has thrown.
 * @param to Where it was to go.
 * @returns The error; the cause itself if nothing is wrong with it but its length.
 */
export function uncloneableResult(
  value: unknown,
  task: string,
  cause: unknown,
  to?: Destination,
): Error {
  if (cause instanceof TooLongError) return cause;
  return resultError(task, refusalOf(value, to), cause);
}

function refusalOf(value: unknown, to?: Destination): Refusal {
  return explainRefusal(value, { to }) ?? findByTrial(value);
}

function argsError({ task }: Call, refusal: Refusal, cause?: unknown): TypeError {
  const what = describeRefusal("args", refusal);
  return new TypeError(`Cannot send the arguments of ${task.name} to it: ${what}`, { cause });
}

function resultError(task: string, refusal: Refusal, cause?: unknown): TypeError {
  const what = describeRefusal("the result", refusal);
  return new TypeError(`Cannot send the result of ${task} back: ${what}`, { cause });
}

function movedBefore({ task }: Call): TypeError {
  return new TypeError(
    `Cannot send the arguments of ${task.name} to it again: what was moved to the first attempt is ` +
      "gone. Use no transfer for calls that are to be tried again",
  );
}

/**
 * Whether a value is sent as it is, and nobody can change it meanwhile.
 *
 * @param value Any value.
 */
export function isPrimitive(value: unknown): boolean {
  const type = typeof value;
  return type === "object" ? value === null : type !== "function" && type !== "symbol";
}
