/** The task of the runs with faults: it logs, and comes to the end that it was told to. */

import process from "node:process";
import { currentTask, getLogger, task } from "@paralog/paralog";

/** What can go wrong with a call. */
export type Fault = keyof typeof FAULTS | "bad argument";

/** What a call is to do. */
export interface Order {
  /** Which run of the test it belongs to. */
  readonly run: number;
  readonly index: number;
  /** How many records it logs, if nothing goes wrong. */
  readonly steps: number;
  /** How long it waits in between, in milliseconds; at 0 only a turn of the event loop. */
  readonly wait: number | undefined;
  readonly fault: Fault | undefined;
  /** How many records come before the fault. */
  readonly stepsBefore: number;
  /** How many attempts fail, before one that does not. */
  readonly faultyAttempts: number;
  /** Whether it ends early when it is told to. */
  readonly isListening: boolean;
}

const log = getLogger("fault");
const noise = getLogger("fault.noise");

/** What a call returns that nothing goes wrong with. */
export function resultOf({ run, index }: Order): unknown {
  return { run, square: index * index };
}

/** Logs its steps, and a record that the caller filters out; then it returns, or something goes wrong. */
export const work = task(import.meta, async function work(order: Order, _bad?: unknown) {
  const { index, attempt } = currentTask();
  if (index !== order.index) throw new TypeError(`call ${index} has the order of ${order.index}`);
  const isFaulty = order.fault !== undefined && attempt <= order.faultyAttempts;
  noise.info("noise", order.run, index, attempt);
  for (let step = 0; step < (isFaulty ? order.stepsBefore : order.steps); step++) {
    log.info("run %d call %d attempt %d step %d", order.run, index, attempt, step);
    if (step === 0 && order.wait !== undefined) await pause(order);
  }
  if (order.fault === undefined || order.fault === "bad argument" || !isFaulty) {
    return resultOf(order);
  }
  return await FAULTS[order.fault](index);
});

/** The pauses of this thread that are not over. */
const pauses = new Set<Promise<void>>();

/**
 * Waits for the pauses of calls that ran inline: a run that is stopped does not wait for a call that does not
 * listen, and nothing can end its timer.
 */
export async function pausesOver(): Promise<void> {
  await Promise.allSettled(pauses);
}

async function pause({ wait, isListening }: Order): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  pauses.add(promise);
  promise.finally(() => pauses.delete(promise)).catch(() => {}); // The call has the reason.
  const timer = setTimeout(resolve, wait);
  if (isListening) {
    const { signal } = currentTask();
    signal.onabort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
  }
  await promise;
}

/** What is never settled; the timer keeps an idle process alive. */
async function forever(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  throw new Error("nobody has ended this");
}

const FAULTS = {
  "throw": (index: number) => {
    throw new RangeError(`fault of call ${index}`);
  },
  "throw a value": (index: number) => {
    throw { fault: index };
  },
  "bad result": () => ({ parts: [() => 1] }),
  "exit": () => Deno.exit(3),
  "process.exit": () => process.exit(4),
  "close": () => {
    self.close();
    return forever();
  },
  "error outside": (index: number) => {
    setTimeout(() => {
      throw new RangeError(`fault of call ${index}`);
    });
    return forever();
  },
  "rejection outside": (index: number) => {
    Promise.reject(new RangeError(`fault of call ${index}`));
    return forever();
  },
  "kill": () => {
    Deno.kill(Deno.pid, "SIGKILL");
    return forever();
  },
  "spin": () => {
    while (true);
  },
  "wait": forever,
} as const;
