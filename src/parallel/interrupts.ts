/**
 * Ctrl-C while tasks run: what they have logged until then is handled and written before the program
 * ends.
 *
 * How many runs are under way is the state of this thread, as the listeners of signals are.
 *
 * @module
 */

import { flushAll } from "../logging/realm.ts";
import { endBySignal } from "../logging/shutdown_on_signals.ts";

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

let runs = 0;
let listeners: readonly (readonly [signal: Deno.Signal, listener: () => void])[] = [];

/**
 * From now on, until it is disposed, signals that end the program do so a moment later: records that are
 * on their way from workers are handled first, and handlers are flushed and closed. Where the program
 * listens to a signal itself, what it does is left to it.
 *
 * @returns What ends it; several may be in force at once.
 */
export function holdInterrupts(): Disposable {
  if (runs++ === 0) listen();
  let isHolding = true;
  return {
    [Symbol.dispose]() {
      if (isHolding && --runs === 0) stopListening();
      isHolding = false;
    },
  };
}

function listen(): void {
  // A worker's program decides for it. And where Deno no longer tells who listens, it is left alone.
  if (!("Window" in globalThis) || countListenedSignals() === undefined) return;
  listeners = SIGNALS.map((signal) => {
    const listener = () => onSignal(signal, listener);
    Deno.addSignalListener(signal, listener);
    return [signal, listener];
  });
}

function stopListening(): void {
  for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  listeners = [];
}

function onSignal(signal: Deno.Signal, listener: () => void): void {
  flushAll();
  queueMicrotask(() => { // Once all listeners were called.
    if (!listeners.some(([, known]) => known === listener)) return;
    const before = countListenedSignals();
    Deno.removeSignalListener(signal, listener); // From here on a second signal ends it at once.
    if (countListenedSignals() !== before) endBySignal(signal);
    else Deno.addSignalListener(signal, listener);
  });
}

/**
 * How many signals somebody listens to. Deno has a resource for each of them, which shows whether others
 * listen to the one that we do: it is the only way to find out.
 */
function countListenedSignals(): number | undefined {
  const { internal }: { readonly internal?: symbol } = Deno as object;
  const inside: unknown = internal && Reflect.get(Deno, internal);
  const core = property(inside, "core");
  const resources = property(core, "resources");
  if (typeof resources !== "function") return undefined;
  return Object.values<unknown>(Reflect.apply(resources, core, []) ?? {})
    .filter((name) => name === "signal").length;
}

function property(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, key) : undefined;
}
