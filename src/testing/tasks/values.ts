/**
 * Tasks that return something.
 *
 * @module
 */

import { task } from "../../parallel/mod.ts";

export const square = task(import.meta, function square(x: number): number {
  return x * x;
});

/** Of 1 to 5, the first one is the last to be there. */
export const squareLater = task(import.meta, async function squareLater(x: number) {
  await new Promise((resolve) => setTimeout(resolve, (5 - x) * 5));
  return x * x;
});

export const echo = task(import.meta, function echo(value: unknown): unknown {
  return value;
});

export const changeArgument = task(import.meta, function changeArgument(list: number[]) {
  list.push(4);
  return list;
});

export const returnFunction = task(import.meta, function returnFunction() {
  return { list: [1, { callback: () => 1 }] };
});

export const fillBuffer = task(import.meta, function fillBuffer(size: number, value: number) {
  return new Uint8Array(size).fill(value);
});

export const sumOfBuffer = task(import.meta, function sumOfBuffer(bytes: Uint8Array) {
  return bytes.reduce((sum, byte) => sum + byte, 0);
});

/** Adds to a number in memory that the caller has too. */
export const addToShared = task(
  import.meta,
  function addToShared(memory: SharedArrayBuffer, amount: number) {
    Atomics.add(new Int32Array(memory), 0, amount);
  },
);

export { square as renamedSquare };
export default task(import.meta, function byDefault() {
  return "default";
});
