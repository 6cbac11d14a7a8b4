/**
 * Runs two tasks that log and stay, and waits for a signal. Who listens to it, and what the main thread
 * does meanwhile, its arguments say.
 */

import process from "node:process";
import { basicConfig, delayed, FileHandler, Parallel, shutdownOnSignals } from "@paralog/paralog";
import { logAndStay, logNumbers } from "../support/relay_tasks.ts";
import { SharedCount } from "../support/shared_count.ts";
import { RECORDS } from "./relay_ends.ts";

const [begun, logged, stop] = [new SharedCount(), new SharedCount(), new SharedCount()];

/** Ends the tasks, and with them the program. */
function listener(): void {
  console.log("listener");
  stop.add();
}

/** Who listens. Each returns what takes it back. */
const LISTENERS = {
  nobody: () => () => {},
  "Deno.addSignalListener": (signal: Deno.Signal) => {
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  },
  "process.on": (signal: Deno.Signal) => {
    process.on(signal, listener);
    return () => process.off(signal, listener);
  },
  "process.once": (signal: Deno.Signal) => {
    process.once(signal, listener);
    return () => process.off(signal, listener);
  },
  "Deno.addSignalListener, once": (signal: Deno.Signal) => {
    const once = () => {
      Deno.removeSignalListener(signal, once);
      listener();
    };
    Deno.addSignalListener(signal, once);
    return () => {};
  },
  "shutdownOnSignals": () => {
    shutdownOnSignals();
    return () => {};
  },
  "one that was removed": (signal: Deno.Signal) => {
    Deno.addSignalListener(signal, listener);
    Deno.removeSignalListener(signal, listener);
    return () => {};
  },
} as const;

export type Listening = keyof typeof LISTENERS;

/** When the listener is added, and what the main thread does when the signal comes. */
export type Moment = "before the run" | "in the run" | "in the run, blocked" | "after the run";

async function main(who: Listening, signal: Deno.Signal, moment: Moment): Promise<void> {
  const parallel = new Parallel(2, { backend: "workers" });
  if (moment === "after the run") {
    await parallel.map(logNumbers, [RECORDS, RECORDS]);
    LISTENERS[who](signal);
    console.log("ready");
    setInterval(() => {}, 60_000);
    return;
  }
  let stopListening = moment === "before the run" ? LISTENERS[who](signal) : () => {};
  const where = { begun: begun.memory, logged: logged.memory, stop: stop.memory };
  const says = { ...where, says: "ready" };
  const running = parallel.run([
    delayed(logAndStay)(RECORDS, where),
    delayed(logAndStay)(RECORDS, says),
  ]);
  await begun.until(2);
  if (moment !== "before the run") stopListening = LISTENERS[who](signal);
  if (moment === "in the run, blocked") {
    logged.blockUntil(2);
    // The signal comes meanwhile. This thread sees it, and what was logged, only afterwards.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  await running;
  console.log("finished");
  stopListening();
}

if (import.meta.main) {
  const [filename = "", bufferSize, who, signal, moment] = Deno.args;
  const file = new FileHandler(filename, {
    formatter: "%(taskIndex)d %(message)s",
    bufferSize: Number(bufferSize),
    flushInterval: 60_000,
  });
  basicConfig({ level: "INFO", handlers: [file] });
  await main(who as Listening, signal as Deno.Signal, moment as Moment);
}
