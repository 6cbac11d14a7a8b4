/**
 * The signals that end an agent: the first one in order, the second one at once.
 *
 * @module
 */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** Listens to the signals until it is disposed. */
export class StopSignals implements Disposable {
  /** The first signal, when it has come. */
  readonly first: Promise<Deno.Signal>;
  /** The second one. */
  readonly second: Promise<Deno.Signal>;
  readonly #listeners: readonly { readonly signal: Deno.Signal; readonly listener: () => void }[];

  /** Listens from now on. */
  constructor() {
    const waiting = [
      Promise.withResolvers<Deno.Signal>(),
      Promise.withResolvers<Deno.Signal>(),
    ] as const;
    const left = waiting.map(({ resolve }) => resolve);
    [this.first, this.second] = [waiting[0].promise, waiting[1].promise];
    this.#listeners = SIGNALS.map((signal) => ({
      signal,
      listener: () => left.shift()?.(signal),
    }));
    for (const { signal, listener } of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** Signals do what they do by themselves from now on. */
  [Symbol.dispose](): void {
    for (const { signal, listener } of this.#listeners) Deno.removeSignalListener(signal, listener);
  }
}
