/**
 * Errors of tasks and workers.
 *
 * @module
 */

export { reviveError, reviveThrown } from "../logging/revive_error.ts";

/** How a worker came to its end. */
export type CrashReason =
  /** It could not be started. */
  | { readonly kind: "start"; readonly message: string }
  /** The task ended its worker: `Deno.exit(code)`, `process.exit(code)`. */
  | { readonly kind: "exit"; readonly code: number }
  /** The task closed its worker: `self.close()`. */
  | { readonly kind: "close" }
  /** Its process was ended by a signal, such as "SIGKILL", or of itself: V8 ends one so that has no memory. */
  | { readonly kind: "signal"; readonly signal: string };

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
    case "signal":
      return `${worker} was ended by ${reason.signal} while it ran ${task}${
        explain(reason.signal)
      }`;
    default:
      return reason satisfies never;
  }
}

/** What may be behind a signal. */
function explain(signal: string): string {
  switch (signal) {
    case "SIGTRAP":
    case "SIGABRT":
    case "SIGILL":
      return ". V8 ends a process so when it is out of memory; stderr has its last words";
    case "SIGKILL":
      return ". The system does so when the machine is out of memory";
    default:
      return "";
  }
}
