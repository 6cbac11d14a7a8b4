/**
 * Ctrl-C and other signals that end a program, without losing what handlers still hold.
 *
 * @module
 */

import { shutdownAll } from "./realm.ts";

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

/**
 * Flushes and closes all handlers when a signal ends the program, then ends it with the exit code that
 * the signal stands for. Without it a signal ends a program at once, and what handlers hold (the
 * buffer of a file, records on their way) is lost; what is written through is not.
 *
 * A program with handlers of its own for these signals calls `await shutdown()` in them instead.
 *
 * @param options Which signals, and how long handlers have.
 * @returns What takes it back.
 *
 * @example
 * ```ts
 * import { shutdownOnSignals } from "@paralog/paralog/logging";
 *
 * shutdownOnSignals();
 * ```
 */
export function shutdownOnSignals(options: ShutdownOnSignalsOptions = {}): Disposable {
  const { signals = defaultSignals(), timeout = 5000 } = options;
  let isEnding = false;
  const listeners = signals.map((signal) => {
    const listener = async () => {
      const code = 128 + (NUMBERS[signal] ?? 0);
      if (isEnding) Deno.exit(code);
      isEnding = true;
      const timer = setTimeout(() => Deno.exit(code), timeout);
      await shutdownAll();
      clearTimeout(timer);
      Deno.exit(code);
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return {
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners.splice(0)) {
        Deno.removeSignalListener(signal, listener);
      }
    },
  };
}

function defaultSignals(): Deno.Signal[] {
  return Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
}
