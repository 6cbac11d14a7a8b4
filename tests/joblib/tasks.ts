/** The functions that the tests run; driver.py has the same. */

import { task } from "@paralog/paralog";

export const square = task(import.meta, function square(x: number): number {
  return x * x;
});

export const failAt = task(import.meta, function failAt(x: number, bad: readonly number[]): number {
  if (bad.includes(x)) throw new TypeError(`no ${x} here`);
  return x;
});

export const describe = task(import.meta, function describe(...args: unknown[]): unknown[] {
  return args;
});

/** How many calls have come in, and whether they may go on. */
const STARTED = 0;
const OPEN = 1;

/** Waits until the gate is open. */
export const waitAt = task(import.meta, function waitAt(gate: Int32Array): void {
  Atomics.add(gate, STARTED, 1);
  Atomics.notify(gate, STARTED);
  if (Atomics.wait(gate, OPEN, 0, 30_000) === "timed-out") throw new Error("nobody opened");
});

/** Two numbers that threads share, for {@linkcode waitAt}. */
export function closedGate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Waits until so many calls are at the gate. */
export async function callsAt(gate: Int32Array, count: number): Promise<void> {
  for (let now; (now = Atomics.load(gate, STARTED)) < count;) {
    await Atomics.waitAsync(gate, STARTED, now).value;
  }
}

/** Lets all of them go on. */
export function open(gate: Int32Array): void {
  Atomics.store(gate, OPEN, 1);
  Atomics.notify(gate, OPEN);
}
