/**
 * Errors of tasks and workers.
 *
 * @module
 */

import { builtInError, type SerializedError, type SerializedThrown } from "../logging/errors.ts";

/** How a worker came to its end. */
export type CrashReason =
  /** It could not be started. */
  | { readonly kind: "start"; readonly message: string }
  /** The task ended its worker: `Deno.exit(code)`, `process.exit(code)`. */
  | { readonly kind: "exit"; readonly code: number }
  /** The task closed its worker: `self.close()`. */
  | { readonly kind: "close" };

/** A call failed because its worker came to an end while running it. */
export class WorkerCrashError extends Error {
  /** "WorkerCrashError". */
  override readonly name = "WorkerCrashError";
  /** The name of the worker, such as "Worker-1". */
  readonly worker: string;
  /** How it came to its end. */
  readonly reason: CrashReason;

  /**
   * Makes the error.
   *
   * @param worker The name of the worker.
   * @param reason How it came to its end.
   * @param task The name of the task that it ran.
   */
  constructor(worker: string, reason: CrashReason, task: string) {
    super(describeCrash(worker, reason, task));
    this.worker = worker;
    this.reason = reason;
  }
}

function describeCrash(worker: string, reason: CrashReason, task: string): string {
  switch (reason.kind) {
    case "start":
      return `Cannot run ${task}: ${worker} did not start: ${reason.message}`;
    case "exit":
      return `${worker} was ended by exit(${reason.code}) while it ran ${task}: return from the ` +
        "task, or throw, to leave its worker alive";
    case "close":
      return `${worker} was ended by self.close() while it ran ${task}: return from the task to ` +
        "leave its worker alive";
    default:
      return reason satisfies never;
  }
}

/**
 * Makes an error of its data: of the same built-in class, or of a class with the same name that
 * extends it; with its message, name, own fields, causes and the stack of where it was thrown.
 *
 * @param data The error as data.
 * @returns An error to throw.
 */
export function reviveError(data: SerializedError): Error {
  const error = createError(data);
  // Defined and not assigned: a class may have getters of these names.
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  const hide = (key: string, value: unknown) => define(key, value, false);
  if (error.name !== data.name) hide("name", data.name);
  if (data.stack !== undefined) hide("stack", data.stack);
  if (data.cause !== undefined) hide("cause", reviveThrown(data.cause));
  for (const [key, value] of Object.entries(data.fields ?? {})) define(key, value, true);
  return error;
}

/**
 * The same for anything thrown. Never throws: a call must be settled whatever its error is like.
 *
 * @param thrown An error as data, or another value.
 * @returns What to throw.
 */
export function reviveThrown(thrown: SerializedThrown): unknown {
  if (thrown.kind === "value") return thrown.value;
  try {
    return reviveError(thrown.error);
  } catch (cause) {
    const { className, message } = thrown.error;
    return new Error(`${className}: ${message} (its class can't be made here)`, { cause });
  }
}

function createError(data: SerializedError): Error {
  if (data.className === "DOMException") return new DOMException(data.message, data.name);
  const Base = classNamed(data.className, builtInError(data.base) ?? Error);
  if (data.suppression) {
    const Suppressed = Base as unknown as SuppressedErrorConstructor; // It has what only that has.
    const { error, suppressed } = data.suppression;
    return new Suppressed(reviveThrown(error), reviveThrown(suppressed), data.message);
  }
  if (data.base !== "AggregateError") return new Base(data.message);
  const Aggregate = Base as unknown as AggregateErrorConstructor; // Its base says so.
  return new Aggregate((data.errors ?? []).map(reviveThrown), data.message);
}

/** The class itself if it has that name, otherwise one of that name which extends it. */
function classNamed(name: string, Base: ErrorConstructor): ErrorConstructor {
  if (Base.name === name) return Base;
  const holder = { [name]: class extends Base {} };
  return holder[name] as ErrorConstructor; // A subclass is called the same way, with `new`.
}
