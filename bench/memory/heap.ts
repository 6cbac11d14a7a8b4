/**
 * What lives in the heap of a thread.
 *
 * @module
 */

/**
 * What lives in the heap of this thread: whatever nobody holds is collected first. Needs
 * `--v8-flags=--expose-gc`.
 *
 * @returns Bytes.
 */
export async function liveHeap(): Promise<number> {
  for (let i = 0; i < 2; i++) { // What finalizers let go is collected the second time.
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

function collectGarbage(): void {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("run with --v8-flags=--expose-gc");
  gc();
}
