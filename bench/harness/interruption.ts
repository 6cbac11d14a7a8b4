/**
 * Ctrl-C: what a row has begun is cleaned up before the program ends.
 *
 * @module
 */

/** The signals that end a run, with the exit codes that shells give them. */
const EXIT_CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: 130 }
  : { SIGINT: 130, SIGTERM: 143 };

/** The reason that a signal of the operating system ended the run. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** What the program ends with. */
  readonly code: number;

  /**
   * Says which signal it was.
   *
   * @param signal The signal.
   */
  constructor(signal: Deno.Signal) {
    super(`ended by ${signal}`);
    this.code = EXIT_CODES[signal] ?? 1;
  }
}

/**
 * Aborts when the program is asked to end; asked a second time, it ends at once.
 *
 * @returns A signal, whose reason is an {@linkcode Interruption}.
 */
export function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(EXIT_CODES) as Deno.Signal[]) { // Those are its keys.
    const listener = () => {
      Deno.removeSignalListener(name, listener);
      controller.abort(new Interruption(name));
    };
    Deno.addSignalListener(name, listener);
  }
  return controller.signal;
}
