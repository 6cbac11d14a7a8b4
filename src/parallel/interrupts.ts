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

/** A signal that is held back. */
interface Held {
  readonly signal: Deno.Signal;
  readonly listener: () => void;
  /** Whether the program listened to it when we began to. */
  readonly hadOthers: boolean;
}

let runs = 0;
let held: readonly Held[] = [];

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
  held = SIGNALS.map(hold);
}

function hold(signal: Deno.Signal): Held {
  const listener = () => onSignal(signal);
  const before = countListenedSignals();
  Deno.addSignalListener(signal, listener);
  return { signal, listener, hadOthers: countListenedSignals() === before };
}

function stopListening(): void {
  for (const { signal, listener } of held) Deno.removeSignalListener(signal, listener);
  held = [];
}

/**
 * Ends the program, unless it listens as well. A listener of its own that was there before ours and is
 * gone now may have removed itself at this very signal, as those of `process.once` do: then the program
 * has its way as well. Either way a second signal does what Deno does by itself.
 */
function onSignal(signal: Deno.Signal): void {
  flushAll();
  const mine = held.find((each) => each.signal === signal);
  if (!mine) return;
  const before = countListenedSignals();
  Deno.removeSignalListener(signal, mine.listener);
  held = held.filter((each) => each !== mine);
  const isAlone = countListenedSignals() !== before;
  if (isAlone && !mine.hadOthers) endBySignal(signal);
  // Not at once: Deno is still going through its listeners, and would come to a new one.
  if (!isAlone) queueMicrotask(() => runs > 0 && (held = [...held, hold(signal)]));
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
