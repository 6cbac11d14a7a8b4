/**
 * Ctrl-C and other signals that end a program, without losing what handlers still hold.
 *
 * @module
 */

import { shutdownAll } from "./realm.ts";
import { inspect } from "./text/inspect.ts";

/** Options of {@linkcode shutdownOnSignals}. */
export interface ShutdownOnSignalsOptions {
  /**
   * The signals.
   *
   * @default ["SIGINT", "SIGTERM"]; on Windows "SIGTERM" is left out
   */
  signals?: readonly Deno.Signal[];
  /**
   * How long handlers that send have, in milliseconds. A second signal ends the program at once.
   *
   * @default 5000
   */
  timeout?: number;
}

/** The number of a signal, for the exit code that shells give to a program which it ended. */
const NUMBERS: Readonly<Partial<Record<Deno.Signal, number>>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 },
};

/** How long handlers that send have, in milliseconds. */
const DEFAULT_TIMEOUT = 5000;

/**
 * Flushes and closes all handlers when a signal ends the program, then ends it with the exit code that
 * the signal stands for. Without it a signal ends a program at once, and what handlers hold (the
 * buffer of a file, records on their way) is lost; what is written through is not.
 *
 * Handlers that tasks in workers configured themselves are not reached: workers end with the program.
 *
 * A program with handlers of its own for these signals calls `await shutdown()` in them instead.
 *
 * @param options Which signals, and how long handlers have.
 * @returns What takes it back.
 * @throws {RangeError} If the timeout is no time.
 * @throws {TypeError} What Deno throws for a signal that can't be listened to.
 *
 * @example
 * ```ts
 * import { shutdownOnSignals } from "@paralog/paralog/logging";
 *
 * shutdownOnSignals();
 * ```
 */
export function shutdownOnSignals(options: ShutdownOnSignalsOptions = {}): Disposable {
  const { signals = defaultSignals(), timeout = DEFAULT_TIMEOUT } = options;
  if (typeof timeout !== "number" || !(timeout >= 0)) {
    throw new RangeError(
      `Cannot shut down on signals: current value of timeout is ${inspect(timeout)}, allowed are ` +
        "milliseconds from 0",
    );
  }
  let isEnding = false;
  const listeners: { signal: Deno.Signal; listener: () => void }[] = [];
  const stopListening = () => {
    for (const { signal, listener } of listeners.splice(0)) {
      Deno.removeSignalListener(signal, listener);
    }
  };
  for (const signal of signals) {
    const listener = () => {
      if (isEnding) Deno.exit(exitCodeOf(signal));
      isEnding = true;
      endBySignal(signal, timeout);
    };
    try {
      Deno.addSignalListener(signal, listener);
    } catch (error) {
      stopListening();
      throw error;
    }
    listeners.push({ signal, listener });
  }
  return { [Symbol.dispose]: stopListening };
}

/**
 * Flushes and closes all handlers, then ends the program with the exit code that a signal stands for.
 *
 * @param signal The signal.
 * @param timeout How long handlers have, in milliseconds.
 */
export async function endBySignal(signal: Deno.Signal, timeout = DEFAULT_TIMEOUT): Promise<void> {
  const timer = setTimeout(() => Deno.exit(exitCodeOf(signal)), timeout);
  await shutdownAll();
  clearTimeout(timer);
  Deno.exit(exitCodeOf(signal));
}

function exitCodeOf(signal: Deno.Signal): number {
  return 128 + (NUMBERS[signal] ?? 0);
}

function defaultSignals(): Deno.Signal[] {
  return Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
}
