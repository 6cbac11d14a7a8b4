/**
 * Limits that only some backends can set to their workers.
 *
 * @module
 */

import { delayed, WorkerCrashError } from "../../parallel/mod.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import type { Contract } from "../contract.ts";
import { square } from "../tasks/values.ts";
import { eatMemory, tryToRead } from "../tasks/workers.ts";

/** Registers the tests. */
export function testAbilities({ create, refusal, test }: Contract): void {
  test("a task has no more permissions than it is given", async () => {
    const path = await Deno.makeTempFile();
    try {
      const none = create({ permissions: "none" }, 1);
      assertEquals(await none.map(tryToRead, [path]), ["NotCapable"]);
      const some = create({ permissions: { read: [path] } }, 1);
      assertEquals(await some.map(tryToRead, [path, "/"]), ["read", "NotCapable"]);
    } finally {
      await Deno.remove(path);
    }
  }, refusal({ permissions: "none" }));

  test("a task that needs more memory than it may have fails alone", async () => {
    await using parallel = create({ memoryLimit: 50, batchSize: 2 }, 1);
    const [settled, other] = await parallel.runSettled([
      delayed(eatMemory)(),
      delayed(square)(2),
    ]);
    assertEquals(settled.status, "rejected");
    const { reason } = settled as PromiseRejectedResult;
    await assertRejects(() => Promise.reject(reason), WorkerCrashError);
    assertEquals([reason.task, other], ["eatMemory", { status: "fulfilled", value: 4 }]);
  }, refusal({ memoryLimit: 50 }));
}
