/** Tasks of a stream that does not end. */

import { task } from "@paralog/paralog";
import { heapInUse } from "./memory.ts";

export const addOne = task(import.meta, function addOne(n: number) {
  return n + 1;
});

/** How much its worker holds, in bytes. */
export const measureHeap = task(import.meta, function measureHeap(_n: number) {
  return { heap: heapInUse(), pid: Deno.pid };
});
